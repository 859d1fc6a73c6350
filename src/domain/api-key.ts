import { createHash, randomBytes, randomInt } from 'node:crypto';

/** What a key may be allowed. */
export const scopes = ['orders:read', 'orders:write', 'jobs:read', 'jobs:write', 'ops'] as const;
export type Scope = (typeof scopes)[number];

export function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text);
}

/** A secret as it is shown, once, and what is kept of it. */
export interface NewSecret {
  /** The whole key: the prefix, an underscore and 256 random bits in base64url. */
  readonly key: string;
  /** What is shown afterwards to tell keys apart; it opens nothing. */
  readonly prefix: string;
  readonly hash: Buffer;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const prefixCharacters = 8;
const secretBytes = 32;
const keyFormat = /^(osk_[a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;

export function newSecret(): NewSecret {
  const name = Array.from({ length: prefixCharacters }, () => alphabet[randomInt(alphabet.length)]).join('');
  const prefix = `osk_${name}`;
  const key = `${prefix}_${randomBytes(secretBytes).toString('base64url')}`;
  return { key, prefix, hash: hashOfKey(key) };
}

/** The prefix of what can be a key; undefined for anything else. */
export function prefixOf(key: string): string | undefined {
  return keyFormat.exec(key)?.[1];
}

/** What is kept of a key. It is as random as the hash is long, so that a slow hash would protect nothing (ADR 17). */
export function hashOfKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A secret of Standard Webhooks, with which the service signs what it sends to the key's owner. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`;
}

/**
 * Signs callbacks that were asked for without a key, while the API was open to everybody on a developer's machine. It is no
 * secret: such a signature proves nothing, and lets a receiver's check be tried.
 */
export const developmentWebhookSecret = `whsec_${Buffer.from('no secret: for development only').toString('base64')}`;
