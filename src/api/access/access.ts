import type { Request, Response } from 'express';
import type { Pool } from 'pg';
import { prefixOf, type Scope } from '../../domain/api-key.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { Problem } from '../problems/errors.ts';
import { bearerToken } from './bearer.ts';
import { anonymous, type Caller } from './caller.ts';
import { createDoor } from './door.ts';
import { createKeyRing } from './key-ring.ts';
import { createLastUses } from './last-uses.ts';
import { createRateLimits, type Allowance, type RateLimitSettings } from './rate-limits.ts';
import { createStays } from './stays.ts';

/**
 * Who may call a route: a key with this scope, or with one of these; everybody, within the limit of an address (`open`); or
 * everybody and as often as they like (`unmetered`): probes, and providers, whose news a limit would only delay.
 */
export type RouteAccess = Scope | readonly Scope[] | 'open' | 'unmetered';

/** The scopes of which a key needs one; none where a route asks for no key. */
export function scopesFor(route: RouteAccess): readonly Scope[] {
  if (route === 'open' || route === 'unmetered') return [];
  return typeof route === 'string' ? [route] : route;
}

/** Lets requests in, or not. */
export interface Access {
  /**
   * Whose request it is, which the route admits. Throws an `unauthenticated`, `scope-missing` or `rate-limited` problem, or a
   * DatabaseUnavailable. Tells the response what is left of the limit.
   */
  admit(route: RouteAccess, request: Request, response: Response): Promise<Caller>;
  /**
   * For an answer that goes on after its request was admitted: calls `onShutOut` once, when the route would admit the
   * request no more, which is looked up every `keyFreshMs`. Gives how to end that.
   */
  stay(route: RouteAccess, request: Request, onShutOut: () => void): () => void;
  close(): Promise<void>;
}

export interface AccessSettings {
  /** Whether everybody may do everything as long as there is no key. */
  readonly mayStandOpen: boolean;
  readonly limits: RateLimitSettings;
  /** How long a key that was looked up is taken as it was, in milliseconds. */
  readonly keyFreshMs?: number;
}

export function createAccess(
  { pool, logger }: { readonly pool: Pool; readonly logger: Logger },
  { mayStandOpen, limits, keyFreshMs }: AccessSettings,
): Access {
  const door = createDoor(pool, mayStandOpen, keyFreshMs);
  const ring = createKeyRing(pool, keyFreshMs);
  const rates = createRateLimits(limits);
  const uses = createLastUses(pool, logger);
  const stays = createStays({ pool, logger, door }, keyFreshMs);

  async function admitKey(scopes: readonly Scope[], request: Request, response: Response): Promise<Caller> {
    const sent = bearerToken(request.headers);
    const key = sent === undefined ? undefined : await find(sent, request);
    if (!key) {
      limit(await rates.countAddress(addressOf(request)), response);
      throw unauthenticated(sent !== undefined);
    }
    uses.note(key.id);
    limit(await rates.countKey(key.id, key.requestsPerSecond), response);
    if (!scopes.some((scope) => key.scopes.includes(scope))) throw scopeMissing(scopes);
    return key;
  }

  /** Whoever guesses keys is stopped before the database is asked; the keys in use are looked up all the same. */
  async function find(sent: string, request: Request) {
    if (!ring.knows(sent)) {
      const left = await rates.askAddress(addressOf(request));
      if (left.exceeded) throw rateLimited(left);
    }
    return ring.find(sent);
  }

  return {
    async admit(route, request, response) {
      if (route === 'unmetered') return anonymous;
      if (route === 'open') {
        if (!door.wasOpen) limit(await rates.countAddress(addressOf(request)), response);
        return anonymous;
      }
      return (await door.isOpen()) ? anonymous : admitKey(scopesFor(route), request, response);
    },
    stay(route, request, onShutOut) {
      const scopes = scopesFor(route);
      if (scopes.length === 0) return () => undefined;
      const prefix = prefixOf(bearerToken(request.headers) ?? '');
      return stays.enter({ scopes, prefix: door.wasOpen ? undefined : prefix, onShutOut });
    },
    async close() {
      stays.close();
      await uses.close();
    },
  };
}

function addressOf(request: Request): string {
  return request.ip ?? 'unknown';
}

function limit(allowance: Allowance, response: Response): void {
  if (allowance.exceeded) throw rateLimited(allowance);
  for (const [name, value] of Object.entries(allowance.headers)) response.setHeader(name, value);
}

function rateLimited({ resetSeconds, headers }: Allowance): Problem {
  return new Problem('rate-limited', undefined, {
    headers: { ...headers, 'Retry-After': String(resetSeconds) },
  });
}

/** By RFC 6750: whoever sent no key is told of none that is wrong. */
function unauthenticated(hasSentOne: boolean): Problem {
  const challenge = `Bearer realm="order-saga"${hasSentOne ? ', error="invalid_token"' : ''}`;
  return new Problem('unauthenticated', undefined, { headers: { 'WWW-Authenticate': challenge } });
}

function scopeMissing(scopes: readonly Scope[]): Problem {
  const named = scopes.map((scope) => `\`${scope}\``).join(' or ');
  return new Problem('scope-missing', `The API key needs the scope ${named}.`, {
    headers: {
      // By RFC 6750 the scopes named there are needed together, so that one of several is named.
      'WWW-Authenticate': `Bearer realm="order-saga", error="insufficient_scope", scope="${scopes[0]}"`,
    },
  });
}
