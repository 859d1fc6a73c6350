import assert from 'node:assert/strict';
import type { FaultMode } from '../../sandbox/shared/faults.ts';
import type { OrderStatus } from '../../src/domain/order.ts';
import { verifyBooks } from '../shop/books.ts';
import { duration } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { placeOne, untilEvent, untilStatus } from '../shop/orders.ts';
import type { Control } from '../shop/sandboxes.ts';
import { succeeded } from '../shop/storefront.ts';
import { until } from '../shop/wait.ts';
import type { Scenario } from './scenario.ts';

export interface ReplyLostOptions {
  readonly modes: readonly (FaultMode & ('drop_reply' | 'error500' | 'error500_after'))[];
  readonly timeoutMs: number;
}

type Provider = 'stripe' | 'carrier' | 'mail';

/** A call that is struck, and how an order is brought to make it. */
interface Strike {
  readonly provider: Provider;
  readonly operation: string;
  /** Cancelled before its payment is captured, after it, or not at all. */
  readonly cancelled?: 'early' | 'late';
}

const strikes: readonly Strike[] = [
  { provider: 'stripe', operation: 'payment_intent.create' },
  { provider: 'stripe', operation: 'payment_intent.confirm' },
  { provider: 'stripe', operation: 'payment_intent.capture' },
  { provider: 'stripe', operation: 'payment_intent.cancel', cancelled: 'early' },
  { provider: 'stripe', operation: 'refund.create', cancelled: 'late' },
  { provider: 'carrier', operation: 'shipment.create' },
  { provider: 'carrier', operation: 'shipment.buy' },
  { provider: 'carrier', operation: 'shipment.refund', cancelled: 'late' },
  { provider: 'mail', operation: 'mail.send' },
];

/**
 * Each call of each provider in turn is carried out and its reply lost, or answered with a 500 that is replayed under the
 * same key: one charge, one label, and the order ends as it would have.
 */
export const replyLost: Scenario<ReplyLostOptions> = {
  full: { modes: ['drop_reply', 'error500', 'error500_after'], timeoutMs: 120_000 },
  async run(shop, { modes, timeoutMs }, report) {
    // Held, so that an order can be cancelled late.
    await shop.carrier.setStepMs(0);
    const expected: { orderId: string; status: OrderStatus; what: string }[] = [];
    for (const mode of modes) {
      for (const strike of strikes) {
        const startedMs = performance.now();
        const orderId = await struckOrder(shop, strike, mode, timeoutMs);
        const status = strike.cancelled ? 'cancelled' : 'completed';
        const what = `${mode} at ${strike.operation}`;
        expected.push({ orderId, status, what });
        report(`${what}: struck and carried on after ${duration(performance.now() - startedMs)}`);
      }
    }
    await shop.carrier.setStepMs(fastStepMs);
    const { orders, summary } = await verifyBooks(shop, timeoutMs);
    report(summary);
    const statuses = new Map(orders.map(({ id, status }) => [id, status]));
    for (const { orderId, status, what } of expected) assert.equal(statuses.get(orderId), status, what);
    return summary;
  },
};

const fastStepMs = 100;

/** Sets the fault, brings an order to the call, waits until it has been struck and the order has got over it. */
async function struckOrder(shop: Shop, strike: Strike, mode: FaultMode, timeoutMs: number): Promise<string> {
  const control: Control = shop[strike.provider];
  const { faultId } = await control.inject({ operation: strike.operation, mode });
  // An order is cancelled early while its label takes long.
  const slow = strike.cancelled === 'early' ? [await shop.carrier.inject(slowLabel)] : [];
  const orderId = await placeOne(shop.storefront);
  if (strike.cancelled === 'early') {
    await untilEvent(shop, orderId, 'order.confirmed', timeoutMs);
    await until('the label under way', timeoutMs, async () => {
      const found = (await shop.carrier.faults()).find((fault) => fault.faultId === slow[0]?.faultId);
      return found?.hits === 1 || undefined;
    });
  } else await untilEvent(shop, orderId, 'payment.captured', timeoutMs);
  if (strike.cancelled) {
    succeeded(await shop.storefront.cancel(orderId));
    await untilStatus(shop, orderId, ['cancelled'], timeoutMs);
  }
  await until(`${mode} at ${strike.operation}`, timeoutMs, async () => {
    const fault = (await control.faults()).find((one) => one.faultId === faultId);
    return fault?.hits === 1 || undefined;
  });
  return orderId;
}

const slowLabel = { operation: 'shipment.create', mode: 'delay', delayMs: 1_000 } as const;
