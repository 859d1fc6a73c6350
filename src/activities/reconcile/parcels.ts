import {
  listAbandoned,
  listRefundsUnderWay,
  listSilent,
  markAsked,
  type AbandonedShipment,
  type RefundUnderWay,
  type SilentParcel,
} from '../../db/orders/parcel-looks.ts';
import * as alerts from '../../db/alerts.ts';
import { markLabelRefund } from '../../db/orders/shipments.ts';
import type { OrderActivities } from '../index.ts';
import { askLabelRefund } from '../shipping.ts';
import type { ReconcileContext } from './context.ts';
import { createReport, type Report } from './report.ts';
import { unlessFailing } from './unless-failing.ts';
import { whenDue } from './when-due.ts';

/** How far the carrier's clock may be behind ours when we look for what was made, in milliseconds. */
const clockSkewMs = 5 * 60 * 1_000;

/** Labels whose refund is under way, labels that landed after their undo, and parcels without news. */
export function createParcelLook(ctx: ReconcileContext, saga: Pick<OrderActivities, 'checkTracking'>) {
  const { pool, limits } = ctx;

  return {
    async reconcileParcels(): Promise<number> {
      const report = createReport(ctx);
      for (const label of await listRefundsUnderWay(pool, limits.silenceMs, limits.batchSize))
        await unlessFailing(ctx.events, { kind: 'label_refund', subject: label.orderId }, () =>
          followRefund(ctx, report, label),
        );
      await whenDue(pool, 'late labels', limits.restFactor, async () => {
        for (const shipment of await listAbandoned(pool, settleMs(ctx), limits.batchSize))
          await unlessFailing(ctx.events, { kind: 'late_label', subject: shipment.orderId }, () =>
            refundLateLabel(ctx, report, shipment),
          );
      });
      for (const parcel of await listSilent(pool, limits.silenceMs, limits.batchSize))
        await unlessFailing(ctx.events, { kind: 'parcel_news', subject: parcel.orderId }, () =>
          askAbout(ctx, saga, report, parcel),
        );
      return report.count;
    },
  };
}

/** After so long nothing of an attempt can be on its way to the carrier any more: a look, a create and a buy. */
function settleMs({ providerTimeoutMs }: ReconcileContext): number {
  return providerTimeoutMs * 4;
}

/** Carriers take days over a label's refund; what they decide goes into our books, and a no to the operators. */
async function followRefund(ctx: ReconcileContext, report: Report, label: RefundUnderWay): Promise<void> {
  const { id, orderId, carrierShipmentId } = label;
  // First, so that one about which the carrier does not answer is not asked about before all others.
  await markAsked(ctx.pool, [id]);
  const { refundStatus } = await ctx.carriers.retrieveShipment(carrierShipmentId);
  if (refundStatus === null || refundStatus === label.labelRefund) return;
  const facts = { carrierShipmentId, refund: refundStatus };
  await report.repair(
    { kind: 'label_refund', subject: orderId, orderId, facts },
    refundStatus,
    async (tx) => {
      await markLabelRefund(tx, id, refundStatus);
      if (refundStatus !== 'rejected') return true;
      const occurrence = `label refund rejected:${carrierShipmentId}`;
      const about = { kind: 'label_refund', ...facts };
      await alerts.raise(tx, { occurrence, type: 'reconciler.finding', orderId, facts: about });
      return true;
    },
  );
}

/** Looks once more, when nothing can land any more, whether a label was bought under our reference all the same. */
async function refundLateLabel(
  ctx: ReconcileContext,
  report: Report,
  { id, orderId, reference, intendedAt }: AbandonedShipment,
): Promise<void> {
  const createdAfter = new Date(intendedAt.getTime() - clockSkewMs);
  const made = await ctx.carriers.findByReference({ reference, createdAfter });
  const bought = made.filter(({ label, refundStatus }) => label !== null && refundStatus === null);
  for (const { id: carrierShipmentId } of bought) {
    const refund = await askLabelRefund(ctx, id, carrierShipmentId);
    const facts = { carrierShipmentId, refund };
    await report.repair({ kind: 'late_label', subject: orderId, orderId, facts }, 'refund asked');
  }
  await markAsked(ctx.pool, [id]);
}

async function askAbout(
  ctx: ReconcileContext,
  saga: Pick<OrderActivities, 'checkTracking'>,
  report: Report,
  { id, orderId, status: before }: SilentParcel,
): Promise<void> {
  await markAsked(ctx.pool, [id]);
  const status = await saga.checkTracking({ orderId });
  if (status === null || status === before || status === 'unknown') return;
  const facts = { before, status };
  await report.repair({ kind: 'parcel_news', subject: orderId, orderId, facts }, 'taken over');
}
