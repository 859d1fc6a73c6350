import { Stripe } from 'stripe';
import { stripeFailure } from './stripe-failures.ts';

/** How long one call may take in all; it has to stay below the activity's `startToCloseTimeout` (law 4). */
const defaultTimeoutMs = 8_000;

export interface StripeConfig {
  /** `sk_test_…`, `sk_live_…` or a restricted key. */
  readonly apiKey: string;
  /** Another address than Stripe's own, such as the sandbox's: `http://127.0.0.1:4010`. */
  readonly apiBase?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Stripe's own client without retries of its own. It runs on `fetch`, which keeps connections alive and holds to one
 * deadline for the whole call; on Node's `http` the client would count idle time only and send a request again, unasked,
 * after a broken connection.
 */
export function createStripeClient({ apiKey, apiBase, timeoutMs = defaultTimeoutMs }: StripeConfig): Stripe {
  return new Stripe(apiKey, {
    ...addressOf(apiBase),
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
}

function addressOf(apiBase: string | undefined): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  if (apiBase === undefined) return {};
  const { protocol, hostname, port } = new URL(apiBase);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { host: hostname, port: port || (scheme === 'http' ? 80 : 443), protocol: scheme };
}

/** Stripe gives at most this many objects on a page. */
export const pageSize = 100;

/** Waits for an answer and turns what goes wrong into a `Failure`. */
export async function answered<T>(request: Promise<T>, toFailure = stripeFailure): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw toFailure(error);
  }
}

export function isStripeError(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeError;
}
