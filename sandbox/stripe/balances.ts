import { orderIdOf, type Intent } from './objects.ts';
import type { Store } from './store.ts';

/** What one order's card was charged, by Stripe's own books. Amounts in minor units. */
export interface OrderBalance {
  orderId: string | null;
  paymentIntentIds: string[];
  /** Held and not captured yet. */
  heldMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  /** How many intents hold or took money: more than one is a double charge. */
  charges: number;
}

/** One balance for each order that has a payment intent; intents without an order stand together under null. */
export function orderBalances({ intents, charges }: Store): OrderBalance[] {
  const balances = new Map<string | null, OrderBalance>();
  for (const intent of intents.values()) {
    const orderId = orderIdOf(intent.metadata);
    const balance = balances.get(orderId) ?? emptyBalance(orderId);
    balances.set(orderId, balance);
    const charge = intent.latest_charge === null ? undefined : charges.get(intent.latest_charge);
    balance.paymentIntentIds.push(intent.id);
    balance.heldMinor += intent.amount_capturable;
    balance.capturedMinor += intent.amount_received;
    balance.refundedMinor += charge?.captured ? charge.amount_refunded : 0;
    if (hasCharged(intent)) balance.charges += 1;
  }
  return [...balances.values()];
}

const hasCharged = (intent: Intent): boolean => intent.amount_capturable > 0 || intent.amount_received > 0;

function emptyBalance(orderId: string | null): OrderBalance {
  return { orderId, paymentIntentIds: [], heldMinor: 0, capturedMinor: 0, refundedMinor: 0, charges: 0 };
}

/** Counts, sums, and the orders that must not exist. */
export function summaryOf(store: Store, pendingWebhooks: number): object {
  const balances = orderBalances(store);
  const sum = (amount: (balance: OrderBalance) => number) =>
    balances.reduce((total, balance) => total + amount(balance), 0);
  return {
    effects: store.effects.counts(),
    orders: balances.filter(({ orderId }) => orderId !== null).length,
    heldMinor: sum(({ heldMinor }) => heldMinor),
    capturedMinor: sum(({ capturedMinor }) => capturedMinor),
    refundedMinor: sum(({ refundedMinor }) => refundedMinor),
    doubleCharges: balances.filter(({ orderId, charges }) => orderId !== null && charges > 1),
    chargesWithoutOrder: balances.filter(({ orderId, charges }) => orderId === null && charges > 0),
    pendingWebhooks,
  };
}
