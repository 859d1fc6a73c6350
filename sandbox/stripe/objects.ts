import type Stripe from 'stripe';

/** The objects as kept: Stripe's own shapes, with references as ids. */
export interface Intent extends Omit<Stripe.PaymentIntent, 'last_payment_error'> {
  last_payment_error: PaymentError | null;
  latest_charge: string | null;
  customer: string | null;
  payment_method: string | null;
}

/** Why the last attempt to pay failed. */
export interface PaymentError {
  type: 'card_error';
  code: string;
  decline_code: string;
  message: string;
  charge: string;
  payment_method: PaymentMethod;
}

export interface Charge extends Stripe.Charge {
  payment_intent: string;
  customer: string | null;
}

export interface Refund extends Stripe.Refund {
  payment_intent: string;
  charge: string;
  metadata: Stripe.Metadata;
}

export type Customer = Stripe.Customer;

/** A payment method made from a test one such as `pm_card_visa`. */
export interface PaymentMethod {
  id: string;
  object: 'payment_method';
  created: number;
  livemode: false;
  type: 'card';
  customer: string | null;
  card: {
    brand: string;
    last4: string;
    exp_month: number;
    exp_year: number;
    country: string;
    funding: string;
  };
  metadata: Stripe.Metadata;
  billing_details: { address: null; email: null; name: null; phone: null };
}

/** What only the sandbox knows of a payment method. */
export interface Card {
  id: string;
  /** The test payment method it was made from. */
  test: string;
  customer: string | null;
  created: number;
  /** A payment method used without being attached to a customer can't be used again. */
  used: boolean;
}

/** What is kept, by collection. */
export interface Collections {
  intents: Intent;
  charges: Charge;
  refunds: Refund;
  customers: Customer;
  cards: Card;
}

export type CollectionName = keyof Collections;

/** Our order, as the adapter names it in metadata. */
export function orderIdOf(metadata: Stripe.Metadata | null | undefined): string | null {
  return metadata?.order_id ?? metadata?.orderId ?? null;
}

/** Seconds since 1970, as Stripe counts time. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
