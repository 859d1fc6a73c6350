import { createHmac } from 'node:crypto';
import { Failure } from '../domain/failures.ts';
import { transientFailure, unavailable } from './http-failures.ts';

/** How long the operators' endpoint may take to answer. */
const defaultTimeoutMs = 8_000;

/** Everything in front of the key in a secret of Standard Webhooks. */
const secretPrefix = 'whsec_';

export interface OperatorWebhookConfig {
  readonly url: string;
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  readonly timeoutMs?: number | undefined;
}

export interface WebhookMessage {
  /** Stable, so that a repeated message is known as the same one. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The operators' own endpoint: a chat, a pager, an incident tool. */
export interface OperatorWebhook {
  /**
   * Posts the message, signed by Standard Webhooks 1.0; `gone` when the endpoint wants no more (410). Throws a `Failure`:
   * `ProviderUnavailable` and `ProviderRateLimited` pass, `Misconfigured` needs an engineer. No redirect is followed.
   */
  post(message: WebhookMessage): Promise<'taken' | 'gone'>;
}

export function createOperatorWebhook(config: OperatorWebhookConfig): OperatorWebhook {
  const { url, secret, timeoutMs = defaultTimeoutMs } = config;
  return {
    async post({ id, type, occurredAt, data }) {
      const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const response = await send(url, timeoutMs, body, {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': sign(secret, `${id}.${timestamp}.${body}`),
      });
      return outcomeOf(response);
    },
  };
}

/** `v1,` and the HMAC-SHA256 in base64 (standardwebhooks.com). */
function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

async function send(
  url: string,
  timeoutMs: number,
  body: string,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
    await response.body?.cancel();
    return response;
  } catch {
    throw unavailable("the operators' webhook", 'gave no answer');
  }
}

function outcomeOf({ status, headers }: Response): 'taken' | 'gone' {
  if (status >= 200 && status < 300) return 'taken';
  if (status === 410) return 'gone';
  const facts = { httpStatus: status };
  const retryAfter = headers.get('retry-after') ?? undefined;
  const transient = transientFailure({ provider: "the operators' webhook", status, retryAfter, facts });
  throw transient ?? new Failure('Misconfigured', `the operators' webhook answered ${status}`, { facts });
}
