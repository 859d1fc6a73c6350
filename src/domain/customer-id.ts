import { createHash } from 'node:crypto';

/** How much of the hash is kept: enough that no two customers of a shop ever share an id. */
const hexDigits = 32;

/**
 * The id of a customer whom the shop gave none: opaque, and the same for the same e-mail address, however it is written. Not
 * for workflow code, which has no hashes.
 */
export function customerIdOf(email: string): string {
  const hash = createHash('sha256').update(`order-saga customer ${email.toLowerCase()}`).digest('hex');
  return `cus_${hash.slice(0, hexDigits)}`;
}
