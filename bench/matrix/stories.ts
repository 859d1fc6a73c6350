import { hasEnded, type OrderStatus } from '../../src/domain/order.ts';
import type { Shop } from '../shop/open-shop.ts';
import type { Basket } from '../shop/storefront.ts';
import { until } from '../shop/wait.ts';
import type { OrderWatch } from './order-watch.ts';

/** How an order goes when nothing dies. */
export interface Story {
  readonly name: string;
  readonly end: OrderStatus;
  readonly basket: Basket;
  /** What the customer, the warehouse and the carrier do about it. */
  drive(orderId: string, shop: Shop, watch: OrderWatch): Promise<void>;
}

const plentiful = 'PLENTIFUL';
const scarce = 'SCARCE';

/** Puts into the catalogue what the stories ask for. */
export async function stock({ storefront }: Shop): Promise<void> {
  await storefront.offer(plentiful, 1_000_000);
  await storefront.offer(scarce, 1);
}

const nothing = async (): Promise<void> => undefined;

/** Something that can be had. */
export const buys = { sku: plentiful } as const satisfies Basket;

/** An order that goes through, one that is cancelled when it is paid, and those that somebody says no to. */
export const stories: readonly Story[] = [
  { name: 'completes', end: 'completed', basket: buys, drive: handOver },
  { name: 'is cancelled when it is paid', end: 'cancelled', basket: buys, drive: cancelWhenPaid },
  { name: 'is sold out', end: 'failed', basket: { sku: scarce, quantity: 2 }, drive: nothing },
  { name: 'is declined', end: 'failed', basket: { ...buys, card: 'pm_card_chargeDeclined' }, drive: nothing },
  { name: 'cannot be delivered', end: 'failed', basket: { ...buys, postalCode: '00000' }, drive: nothing },
];

const retryMs = 250;

/** The parcel is fetched and brought. */
async function handOver(orderId: string, { carrier }: Shop, watch: OrderWatch): Promise<void> {
  const trackingCode = await parcelOf(orderId, watch);
  await carrier.advance(trackingCode, 'in_transit');
  await carrier.advance(trackingCode, 'delivered');
}

/** Waits until the parcel is ready: paid for, and the customer told of the order. Gives its tracking code. */
export async function parcelOf(orderId: string, watch: OrderWatch): Promise<string> {
  const { trackingCode } = await watch.until(
    orderId,
    'a parcel to hand over',
    (order) => order.paymentStatus === 'captured' && order.told > 0 && order.trackingCode !== null,
  );
  if (trackingCode === null) throw new Error('the parcel has no label any more');
  return trackingCode;
}

export async function paid(orderId: string, watch: OrderWatch): Promise<void> {
  await watch.until(
    orderId,
    'being paid, or its end',
    ({ status, paymentStatus }) => hasEnded(status) || paymentStatus === 'captured',
  );
}

/** The customer insists: the API may have just died. */
export async function cancelWhenPaid(
  orderId: string,
  { storefront }: Shop,
  watch: OrderWatch,
): Promise<void> {
  await paid(orderId, watch);
  const accepted = async () => (await storefront.cancel(orderId)).status === 202 || undefined;
  await until('the cancel accepted', watch.patienceMs, accepted, retryMs);
}
