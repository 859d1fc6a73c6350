import { invalidRequest } from './errors.ts';

const maxAmount = 99_999_999;
const minAmount = 50;

/** Throws when an amount, in minor units, can't be charged in this currency. */
export function checkCharge({ amount, currency }: { amount: number; currency: string }): void {
  checkPositive(amount, 'amount');
  if (amount > maxAmount) {
    const message = `Amount must be no more than ${maxAmount}`;
    throw invalidRequest(message, { code: 'amount_too_large', param: 'amount' });
  }
  if (!/^[a-z]{3}$/i.test(currency)) {
    throw invalidRequest(`Invalid currency: ${currency}.`, { param: 'currency' });
  }
  if (amount < minAmount) {
    const message = `Amount must be at least 0.50 ${currency.toLowerCase()}`;
    throw invalidRequest(message, { code: 'amount_too_small', param: 'amount' });
  }
}

/** Throws when more is to be captured than is held. */
export function checkCapture(amount: number, capturable: number): void {
  checkPositive(amount, 'amount_to_capture');
  if (amount <= capturable) return;
  const message = `The requested capture amount is greater than the amount you can capture for this charge. The capturable amount is ${capturable}.`;
  throw invalidRequest(message, { code: 'amount_too_large', param: 'amount_to_capture' });
}

/** Throws when more is to be given back than was taken and kept. */
export function checkRefund(amount: number, left: number): void {
  checkPositive(amount, 'amount');
  if (amount <= left) return;
  const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
  throw invalidRequest(message, { param: 'amount' });
}

function checkPositive(amount: number, param: string): void {
  if (amount >= 1) return;
  const message = 'This value must be greater than or equal to 1.';
  throw invalidRequest(message, { code: 'parameter_invalid_integer', param });
}
