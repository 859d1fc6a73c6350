/** Whether the other side answers; never throws. */
export type Reach = () => Promise<boolean>;

interface Address {
  /** Absent: the provider itself. */
  readonly apiBase: string | undefined;
}

/** Long enough for a provider on another continent. */
const timeoutMs = 1_000;

const stripeUrl = 'https://api.stripe.com';
const easypostUrl = 'https://api.easypost.com/v2';

/**
 * Looks whether the providers are there, each by its name: asks for nothing and sends no key, and any answer will do but one
 * that the server is not well (5xx).
 */
export function createReaches({
  stripe,
  easypost,
}: {
  readonly stripe: Address;
  readonly easypost: Address;
}) {
  return {
    stripe: reachOf(stripe.apiBase ?? stripeUrl),
    easypost: reachOf(easypost.apiBase ?? easypostUrl),
  } as const satisfies Record<string, Reach>;
}

function reachOf(url: string): Reach {
  return async () => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
      return status < 500;
    } catch {
      return false;
    }
  };
}
