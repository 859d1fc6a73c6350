import { randomAlphanumeric } from '../shared/ids.ts';
import { nowSeconds, type Card, type Charge, type Intent } from './objects.ts';
import { testCardOf } from './payment-methods.ts';
import type { CardOutcome } from './test-cards.ts';

/** The charge that a confirmation makes: authorized, or failed. */
export function newCharge(
  intent: Intent,
  card: Card,
  outcome: Exclude<CardOutcome, { kind: 'needs_authentication' }>,
  authorizationSeconds: number,
): Charge {
  const failed = outcome.kind === 'declined';
  const created = nowSeconds();
  return {
    id: `ch_3${randomAlphanumeric(23)}`,
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: failed ? null : 'ORDER-SAGA',
    captured: false,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failed ? outcome.code : null,
    failure_message: failed ? outcome.message : null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: failed ? 'declined_by_network' : 'approved_by_network',
      reason: failed ? outcome.declineCode : null,
      risk_level: 'normal',
      risk_score: 20,
      seller_message: failed
        ? 'The bank did not return any further details with this decline.'
        : 'Payment complete.',
      type: failed ? 'issuer_declined' : 'authorized',
    },
    paid: !failed,
    payment_intent: intent.id,
    payment_method: card.id,
    payment_method_details: cardDetails(intent, card, failed ? null : created + authorizationSeconds),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: failed ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
}

function cardDetails(
  intent: Intent,
  card: Card,
  captureBefore: number | null,
): Charge['payment_method_details'] {
  const { brand, last4, country } = testCardOf(card);
  const manual = intent.capture_method === 'manual';
  return {
    type: 'card',
    card: {
      amount_authorized: captureBefore === null ? null : intent.amount,
      authorization_code: null,
      brand,
      ...(manual && captureBefore !== null ? { capture_before: captureBefore } : {}),
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country,
      electronic_commerce_indicator: null,
      exp_month: 8,
      exp_year: new Date().getUTCFullYear() + 2,
      extended_authorization: { status: 'disabled' },
      fingerprint: card.test,
      funding: 'credit',
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: brand,
      network_token: { used: false },
      network_transaction_id: null,
      overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}
