import type { WebhookError } from '../domain/webhook.ts';
import { addressIn, type WebhookTargets } from '../domain/webhook-url.ts';
import { mayBeCalled } from '../domain/ip-address.ts';
import { AddressNotAllowed, guardedLookup, type Resolve } from './guarded-lookup.ts';
import { parseRetryAfter } from './http-failures.ts';
import { httpPost, TlsFailed, type HttpPostAnswer } from './http-post.ts';
import type { SignedWebhook } from './standard-webhook.ts';

/** What came of an attempt. */
export interface WebhookOutcome {
  /** Null where it was taken. */
  readonly error: WebhookError | null;
  /** Null where there was no answer. */
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | undefined;
  /** The first part of the answer, as it came; empty where there was none. */
  readonly text: string;
}

/** Sends webhooks to wherever clients want them, and only there: no redirect, no address that may not be called. */
export interface WebhookClient {
  /** One attempt. Never throws, but when `signal` gives it up. */
  post(url: string, message: SignedWebhook, signal?: AbortSignal): Promise<WebhookOutcome>;
}

export interface WebhookClientConfig extends WebhookTargets {
  /** How long an endpoint may take to answer. */
  readonly timeoutMs: number;
}

export function createWebhookClient(config: WebhookClientConfig, resolve?: Resolve): WebhookClient {
  const { timeoutMs, allowedNetworks } = config;
  const lookup = guardedLookup(allowedNetworks, resolve);
  return {
    async post(text, { headers, body }, signal) {
      try {
        const url = new URL(text);
        assertAllowed(url, config);
        return outcomeOf(await httpPost({ url, headers, body, timeoutMs, signal, lookup }));
      } catch (error) {
        signal?.throwIfAborted();
        return { error: errorOf(error), httpStatus: null, retryAfterMs: undefined, text: '' };
      }
    },
  };
}

/** What is allowed may have changed since the URL was taken; and an address in it is never looked up. */
function assertAllowed(url: URL, { httpAllowed, allowedNetworks }: WebhookTargets): void {
  const address = addressIn(url);
  if (address !== null && !mayBeCalled(address, allowedNetworks)) throw new AddressNotAllowed();
  if (url.protocol === 'http:' && !httpAllowed) throw new AddressNotAllowed();
}

function outcomeOf({ status, retryAfter, text }: HttpPostAnswer): WebhookOutcome {
  return { error: refusalOf(status), httpStatus: status, retryAfterMs: parseRetryAfter(retryAfter), text };
}

function refusalOf(status: number): WebhookError | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return 'redirected';
  return status === 410 ? 'gone' : 'refused';
}

function errorOf(error: unknown): WebhookError {
  if (error instanceof AddressNotAllowed) return 'address_not_allowed';
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timed_out';
  if (error instanceof TlsFailed) return 'tls_failed';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ETIMEDOUT') return 'timed_out';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'unknown_host' : 'no_connection';
}
