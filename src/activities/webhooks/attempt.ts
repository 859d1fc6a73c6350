import type { DueDelivery } from '../../db/webhooks/deliveries.ts';
import { redactText } from '../../domain/redact.ts';
import type { WebhookAttempt } from '../../domain/webhook.ts';
import { signWebhook } from '../../providers/standard-webhook.ts';
import type { WebhookClient } from '../../providers/webhook-client.ts';
import { continueTrace, formatTraceParent, parseTraceParent } from '../../telemetry/tracing.ts';
import { answerCharacters } from './limits.ts';

/** A message on its way to a URL, signed with each of the secrets. */
export interface Outgoing extends Omit<DueDelivery, 'url'> {
  readonly url: string;
  readonly secrets: readonly string[];
}

/** An attempt as it is kept, and how long the receiver wants to be left alone. */
export interface AttemptMade {
  readonly attempt: WebhookAttempt;
  readonly retryAfterMs: number | undefined;
}

/** Sends a message once. Throws only when `signal` gives it up. */
export async function attemptDelivery(
  client: WebhookClient,
  { messageId: id, type, occurredAt, data, url, secrets, traceParent }: Outgoing,
  signal: AbortSignal,
): Promise<AttemptMade> {
  const startedAt = new Date();
  const { body, headers } = signWebhook({ id, type, occurredAt, data }, secrets, startedAt);
  const trace = parseTraceParent(traceParent);
  const traced = trace ? { ...headers, traceparent: formatTraceParent(continueTrace(trace)) } : headers;
  const { error, httpStatus, retryAfterMs, text } = await client.post(url, { body, headers: traced }, signal);
  const durationMs = Date.now() - startedAt.getTime();
  return {
    attempt: { at: startedAt.toISOString(), durationMs, httpStatus, error, answer: excerptOf(text) },
    retryAfterMs,
  };
}

/** What Postgres can keep and people may read. */
function excerptOf(text: string): string | null {
  const readable = redactText(text.replaceAll('\0', '').toWellFormed()).trim();
  return readable === '' ? null : readable.slice(0, answerCharacters).toWellFormed();
}
