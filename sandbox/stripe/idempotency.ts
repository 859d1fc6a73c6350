import { createHash } from 'node:crypto';
import type { Reply } from '../shared/wire.ts';
import { StripeFailure } from './errors.ts';

/** The answer to the first request with a key, 500 included. */
export interface StoredReply {
  key: string;
  path: string;
  fingerprint: string;
  /** Milliseconds since 1970; the key is forgotten a configured time after it. */
  at: number;
  requestId: string;
  status: number;
  body: string;
}

export interface KeyedRequest {
  key: string;
  path: string;
  fingerprint: string;
}

/** What a key is bound to besides its path: the parameters, whatever their order in the body was. */
export function fingerprintOf(encodedBody: string): string {
  const parameters = new URLSearchParams(encodedBody);
  parameters.sort();
  return createHash('sha256').update(parameters.toString()).digest('base64url');
}

const maxKeyLength = 255;

/** The key, unless it is too long. */
export function checkKey(key: string): string {
  if (key.length <= maxKeyLength) return key;
  const message = `The idempotency key must be at most ${maxKeyLength} characters.`;
  throw new StripeFailure(400, { type: 'idempotency_error', message }, { executed: false });
}

/** Stripe asks its clients not to repeat a 500, which would only be replayed, and to repeat a 409. */
export function retryAdvice(status: number): Record<string, string> {
  if (status === 409) return { 'Stripe-Should-Retry': 'true' };
  return status === 500 ? { 'Stripe-Should-Retry': 'false' } : {};
}

export interface Idempotency {
  /** The stored answer, or null when this is the first request with the key. Throws when the key can't be used for it. */
  replay(request: KeyedRequest): Reply | null;
  /** Marks the key as in use; throws when it is. */
  begin(request: KeyedRequest): void;
  end(key: string): void;
}

/** Stripe's rules for `Idempotency-Key` over the stored answers. */
export function createIdempotency(replies: ReadonlyMap<string, StoredReply>, ttlMs: number): Idempotency {
  const inUse = new Set<string>();
  return {
    replay({ key, path, fingerprint }) {
      const stored = replies.get(key);
      if (!stored || stored.at + ttlMs <= Date.now()) return null;
      if (stored.path !== path) throw mismatch(otherEndpoint(key, path, stored.path));
      if (stored.fingerprint !== fingerprint) throw mismatch(otherParameters(key));
      return {
        status: stored.status,
        headers: {
          'Idempotent-Replayed': 'true',
          'Original-Request': stored.requestId,
          ...retryAdvice(stored.status),
        },
        body: stored.body,
      };
    },
    begin({ key }) {
      if (inUse.has(key)) throw keyInUse(key);
      inUse.add(key);
    },
    end: (key) => {
      inUse.delete(key);
    },
  };
}

const otherParameters = (key: string) =>
  `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;

const otherEndpoint = (key: string, path: string, firstPath: string) =>
  `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${firstPath}'). Try using a key other than '${key}' if you meant to execute a different request.`;

function mismatch(message: string): StripeFailure {
  return new StripeFailure(400, { type: 'idempotency_error', message }, { executed: false });
}

function keyInUse(key: string): StripeFailure {
  const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`;
  return new StripeFailure(
    409,
    { type: 'idempotency_error', code: 'idempotency_key_in_use', message },
    { executed: false },
  );
}
