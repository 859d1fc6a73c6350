import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { serializeList } from 'structured-headers';

/** How many requests a second this process takes: of each key that has no limit of its own, and of each address. */
export interface RateLimitSettings {
  readonly perKey: number;
  readonly perAddress: number;
}

/** What is left after a request has been counted. */
export interface Allowance {
  readonly exceeded: boolean;
  /** Until the next window, at least one. */
  readonly resetSeconds: number;
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimits {
  countKey(keyId: string, ownLimit: number | null): Promise<Allowance>;
  /** Counts what comes without a valid key. */
  countAddress(address: string): Promise<Allowance>;
  /** What is left to an address, without counting anything. */
  askAddress(address: string): Promise<Allowance>;
}

const windowSeconds = 1;

/** Counts in this process's memory: several processes let through as many times the limit. */
export function createRateLimits({ perKey, perAddress }: RateLimitSettings): RateLimits {
  /** By limit, because a limiter has one. */
  const keys = new Map<number, RateLimiterMemory>();
  const addresses = limiterOf(perAddress);

  function keysWith(limit: number): RateLimiterMemory {
    const limiter = keys.get(limit) ?? limiterOf(limit);
    keys.set(limit, limiter);
    return limiter;
  }

  return {
    async countKey(keyId, ownLimit) {
      const limit = ownLimit ?? perKey;
      return allowance('key', limit, await count(keysWith(limit), keyId));
    },
    async countAddress(address) {
      return allowance('address', perAddress, await count(addresses, address));
    },
    async askAddress(address) {
      const consumed = (await addresses.get(address)) ?? new RateLimiterRes(perAddress, 0, 0, true);
      // The next one would be too many.
      const next = new RateLimiterRes(
        consumed.remainingPoints,
        consumed.msBeforeNext,
        consumed.consumedPoints + 1,
        false,
      );
      return allowance('address', perAddress, next);
    },
  };
}

function limiterOf(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: windowSeconds });
}

/** The library rejects with the same when there is nothing left. */
async function count(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}

function allowance(
  policy: string,
  limit: number,
  { consumedPoints, msBeforeNext }: RateLimiterRes,
): Allowance {
  const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  const remaining = Math.max(0, limit - consumedPoints);
  return {
    exceeded: consumedPoints > limit,
    resetSeconds,
    headers: {
      'RateLimit-Policy': serializeList([
        [
          policy,
          new Map([
            ['q', limit],
            ['w', windowSeconds],
          ]),
        ],
      ]),
      RateLimit: serializeList([
        [
          policy,
          new Map([
            ['r', remaining],
            ['t', resetSeconds],
          ]),
        ],
      ]),
    },
  };
}
