/** How a test card behaves when it is charged. */
export type CardOutcome =
  | { kind: 'approved' }
  | { kind: 'needs_authentication' }
  | { kind: 'declined'; code: string; declineCode: string; message: string };

export interface TestCard {
  brand: string;
  last4: string;
  country: string;
  outcome: CardOutcome;
}

const approved: CardOutcome = { kind: 'approved' };
const authentication: CardOutcome = { kind: 'needs_authentication' };

const messages: Record<string, string> = {
  insufficient_funds: 'Your card has insufficient funds.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  card_velocity_exceeded:
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
};

/** A decline as Stripe words it; some decline codes are error codes of their own. */
export function declined(declineCode: string): CardOutcome & { kind: 'declined' } {
  const ownCodes = ['expired_card', 'incorrect_cvc', 'processing_error', 'authentication_required'];
  const code = ownCodes.includes(declineCode) ? declineCode : 'card_declined';
  return { kind: 'declined', code, declineCode, message: messages[declineCode] ?? 'Your card was declined.' };
}

const visa = (last4: string, outcome: CardOutcome): TestCard => ({
  brand: 'visa',
  last4,
  country: 'US',
  outcome,
});

/** Stripe's test payment methods, see https://docs.stripe.com/testing. */
export const testCards: Readonly<Record<string, TestCard>> = {
  pm_card_visa: visa('4242', approved),
  pm_card_visa_debit: visa('5556', approved),
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', country: 'US', outcome: approved },
  pm_card_mastercard_debit: { brand: 'mastercard', last4: '3222', country: 'US', outcome: approved },
  pm_card_amex: { brand: 'amex', last4: '8431', country: 'US', outcome: approved },
  pm_card_discover: { brand: 'discover', last4: '9424', country: 'US', outcome: approved },
  pm_card_de: { brand: 'visa', last4: '0016', country: 'DE', outcome: approved },
  pm_card_fr: { brand: 'visa', last4: '0003', country: 'FR', outcome: approved },
  pm_card_gb: { brand: 'visa', last4: '0000', country: 'GB', outcome: approved },
  pm_card_chargeDeclined: visa('0002', declined('generic_decline')),
  pm_card_visa_chargeDeclined: visa('0002', declined('generic_decline')),
  pm_card_chargeDeclinedInsufficientFunds: visa('9995', declined('insufficient_funds')),
  pm_card_visa_chargeDeclinedInsufficientFunds: visa('9995', declined('insufficient_funds')),
  pm_card_visa_chargeDeclinedLostCard: visa('9987', declined('lost_card')),
  pm_card_visa_chargeDeclinedStolenCard: visa('9979', declined('stolen_card')),
  pm_card_chargeDeclinedExpiredCard: visa('0069', declined('expired_card')),
  pm_card_chargeDeclinedIncorrectCvc: visa('0127', declined('incorrect_cvc')),
  pm_card_chargeDeclinedProcessingError: visa('0119', declined('processing_error')),
  pm_card_chargeDeclinedFraudulent: visa('0019', declined('fraudulent')),
  pm_card_radarBlock: visa('4954', declined('fraudulent')),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: visa('6975', declined('card_velocity_exceeded')),
  pm_card_chargeCustomerFail: visa('0341', declined('generic_decline')),
  pm_card_authenticationRequired: visa('3184', authentication),
  pm_card_threeDSecureRequired: visa('3063', authentication),
  pm_card_threeDSecure2Required: visa('3220', authentication),
};
