import { Failure } from '../domain/failures.ts';
import { transientFailure, unavailable } from './http-failures.ts';
import { httpPost, type HttpPostAnswer } from './http-post.ts';
import { signWebhook, type SignedWebhook, type WebhookMessage } from './standard-webhook.ts';

/** How long the operators' endpoint may take to answer. */
const defaultTimeoutMs = 8_000;

export interface OperatorWebhookConfig {
  readonly url: string;
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  readonly timeoutMs?: number | undefined;
}

/** The operators' own endpoint: a chat, a pager, an incident tool. It may be on a private network: they have set it up. */
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
    async post(message) {
      return outcomeOf(await send(new URL(url), timeoutMs, signWebhook(message, [secret])));
    },
  };
}

async function send(url: URL, timeoutMs: number, { headers, body }: SignedWebhook): Promise<HttpPostAnswer> {
  try {
    return await httpPost({ url, headers, body, timeoutMs });
  } catch {
    throw unavailable("the operators' webhook", 'gave no answer');
  }
}

function outcomeOf({ status, retryAfter }: HttpPostAnswer): 'taken' | 'gone' {
  if (status >= 200 && status < 300) return 'taken';
  if (status === 410) return 'gone';
  const facts = { httpStatus: status };
  const transient = transientFailure({ provider: "the operators' webhook", status, retryAfter, facts });
  throw transient ?? new Failure('Misconfigured', `the operators' webhook answered ${status}`, { facts });
}
