import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random characters of the kind that Stripe's ids are made of. */
export function randomAlphanumeric(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** `length` random hexadecimal digits, as in EasyPost's ids. */
export function randomHex(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The first UUID in a text such as `shipment-0199…-main`, else the whole text, else null. */
export function orderIdIn(text: string | null | undefined): string | null {
  if (!text) return null;
  return uuid.exec(text)?.[0].toLowerCase() ?? text;
}
