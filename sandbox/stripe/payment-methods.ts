import { randomAlphanumeric } from '../shared/ids.ts';
import { invalidRequest, resourceMissing } from './errors.ts';
import { nowSeconds, type Card, type PaymentMethod } from './objects.ts';
import type { Store, Transaction } from './store.ts';
import { testCards, type TestCard } from './test-cards.ts';

/**
 * The card behind a `payment_method` parameter: a test payment method makes a new one, as with Stripe; an id from
 * before is taken again, if it was attached to this customer.
 */
export function cardFor(name: string, customer: string | null, store: Store, transaction: Transaction): Card {
  const known = store.cards.get(name);
  if (known) return reusable(known, customer);
  if (!Object.hasOwn(testCards, name)) throw resourceMissing('PaymentMethod', name, 'payment_method', 400);
  const card: Card = {
    id: `pm_1${randomAlphanumeric(23)}`,
    test: name,
    customer: null,
    created: nowSeconds(),
    used: false,
  };
  transaction.put({ cards: card });
  return card;
}

function reusable(card: Card, customer: string | null): Card {
  if (card.customer !== null && card.customer !== customer) {
    throw invalidRequest(
      `The PaymentMethod ${card.id} does not belong to the Customer ${String(customer)}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      { param: 'payment_method' },
    );
  }
  if (card.used && card.customer === null) {
    throw invalidRequest(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      { param: 'payment_method' },
    );
  }
  return card;
}

/** The test card that a payment method was made from. */
export function testCardOf(card: Card): TestCard {
  const test = testCards[card.test];
  if (!test) throw new Error(`The ledger names a test card that this version doesn't know: ${card.test}`);
  return test;
}

/** The payment method as the API shows it. */
export function paymentMethodObject(card: Card): PaymentMethod {
  const { brand, last4, country } = testCardOf(card);
  return {
    id: card.id,
    object: 'payment_method',
    created: card.created,
    livemode: false,
    type: 'card',
    customer: card.customer,
    card: {
      brand,
      last4,
      country,
      exp_month: 8,
      exp_year: new Date().getUTCFullYear() + 2,
      funding: 'credit',
    },
    metadata: {},
    billing_details: { address: null, email: null, name: null, phone: null },
  };
}
