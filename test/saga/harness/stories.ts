import { hasEnded } from '../../../src/domain/order.ts';
import { address } from '../../support/shop.ts';
import type { WatchedOrder } from '../../support/order-watch.ts';
import type { StagedOrder, Stage, Story } from './stage.ts';

/** The order goes through: paid, handed to the carrier, delivered. */
export const completes: Story = {
  name: 'an order that completes',
  end: 'completed',
  drive: handOver,
};

/** The customer cancels at the last moment: paid, and the parcel ready to be fetched. */
export const cancelledWhenPaid: Story = {
  name: 'an order cancelled when it is paid',
  end: 'cancelled',
  async drive(order, stage) {
    await paid(order, stage);
    await stage.shop.cancel(order.id);
  },
};

async function doNothing(): Promise<void> {}

const fails = { end: 'failed', drive: doNothing } as const;

/** Orders that somebody says no to: there is too little, the bank, the bank wants more, the carrier. */
export const refusals: readonly Story[] = [
  { ...fails, name: 'an order for more than there is', onHand: 1, failure: 'OutOfStock' },
  {
    ...fails,
    name: 'an order that the bank declines',
    paymentMethod: 'pm_card_chargeDeclined',
    failure: 'PaymentDeclined',
  },
  {
    ...fails,
    name: 'an order whose payment has to be confirmed',
    paymentMethod: 'pm_card_authenticationRequired',
    failure: 'PaymentActionRequired',
  },
  {
    ...fails,
    name: 'an order to where no carrier goes',
    shippingAddress: { ...address, line1: '000 unknown street' },
    failure: 'UndeliverableAddress',
  },
];

/** Nobody comes for the parcel: for orders that are to end before. */
export const neverFetched: Story = {
  name: 'an order whose parcel is never fetched',
  end: 'completed',
  drive: doNothing,
};

/**
 * The warehouse hands the parcel over once it has its label and is paid for and told about, unless the order is called
 * back; the carrier brings it.
 */
export async function handOver(order: StagedOrder, stage: Stage): Promise<void> {
  const { watch, director, sandboxes } = stage;
  const isReady = ({ paymentStatus, told }: WatchedOrder) =>
    paymentStatus === 'captured' &&
    told > 0 &&
    codeOf(order, stage) !== undefined &&
    director.underWay(order.id).length === 0;
  const { status, cancelRequested } = await watch.until(
    order.id,
    'a parcel to hand over, or its end',
    (now) => hasEnded(now.status) || now.cancelRequested || isReady(now),
  );
  const code = codeOf(order, stage);
  if (hasEnded(status) || cancelRequested || code === undefined) return;
  sandboxes.easypost.carrier.advance(code, 'in_transit');
  sandboxes.easypost.carrier.advance(code, 'delivered');
}

/** The tracking code of the order's parcel, as soon as its label is bought. */
export function codeOf({ id }: StagedOrder, { sandboxes }: Stage): string | undefined {
  return sandboxes.easypost.labels().find(({ orderId }) => orderId === id)?.trackingCodes[0];
}

export async function paid({ id }: StagedOrder, { watch }: Stage): Promise<void> {
  await watch.until(
    id,
    'being paid, or its end',
    ({ status, paymentStatus }) => hasEnded(status) || paymentStatus === 'captured',
  );
}
