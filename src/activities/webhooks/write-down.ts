import { raise } from '../../db/alerts.ts';
import { transaction, type Tx } from '../../db/pool.ts';
import { isSilentSince } from '../../db/webhooks/destinations.ts';
import {
  noteDelivered,
  noteFailed,
  noteGivenUp,
  type DeliveryRef,
  type DueDelivery,
} from '../../db/webhooks/deliveries.ts';
import { disableEndpoint } from '../../db/webhooks/endpoints.ts';
import type { WebhookAttempt } from '../../domain/webhook.ts';
import { pauseAfter } from '../../domain/webhook-ladder.ts';
import type { AttemptMade } from './attempt.ts';
import type { WebhookContext } from './context.ts';

/** What became of a message with an attempt; `disabled` when its endpoint is sent nothing more. */
export type Fate = 'delivered' | 'put_off' | 'given_up' | 'disabled';

type Context = Pick<WebhookContext, 'pool' | 'webhooks'>;

/** The destination, as far as what becomes of a failure depends on it. */
export interface Whereto {
  readonly destinationId: string;
  readonly isEndpoint: boolean;
  /** Where the message was sent to. */
  readonly host: string;
  /** Whether something has got through since then, as far as this process knows. */
  readonly hasSucceededSince: (time: Date) => boolean;
}

/** Writes an attempt down, with what follows from it. */
export async function writeDown(
  { pool, webhooks: { ladder } }: Context,
  delivery: DueDelivery,
  { attempt, retryAfterMs }: AttemptMade,
  to: Whereto,
): Promise<Fate> {
  const ref = { destinationId: to.destinationId, id: delivery.id };
  if (attempt.error === null) {
    await noteDelivered(pool, ref, attempt);
    return 'delivered';
  }
  const failures = delivery.failures + 1;
  const isGone = attempt.error === 'gone';
  const pauseMs = isGone && !to.isEndpoint ? null : pauseAfter(ladder, failures, Math.random(), retryAfterMs);
  if (isGone && to.isEndpoint)
    return transaction(pool, (tx) => disable(tx, ref, { attempt, failures, pauseMs: pauseMs ?? 0 }, to));
  if (pauseMs === null) return transaction(pool, (tx) => giveUp(tx, ref, delivery, attempt, to));
  await noteFailed(pool, ref, attempt, { failures, pauseMs });
  return 'put_off';
}

/** The endpoint wants nothing more. The message stays owed to it, should somebody enable it again. */
async function disable(
  tx: Tx,
  ref: DeliveryRef,
  { attempt, ...next }: { attempt: WebhookAttempt; failures: number; pauseMs: number },
  to: Whereto,
): Promise<Fate> {
  await noteFailed(tx, ref, attempt, next);
  await disableWithAlert(tx, to, 'gone');
  return 'disabled';
}

/** The ladder is used up. When nothing else has got through meanwhile either, it is the endpoint and not the message. */
async function giveUp(
  tx: Tx,
  ref: DeliveryRef,
  { createdAt, messageId, data, failures }: DueDelivery,
  attempt: WebhookAttempt,
  to: Whereto,
): Promise<Fate> {
  if (!(await noteGivenUp(tx, ref, attempt, failures + 1))) return 'put_off';
  if (!to.isEndpoint && attempt.error !== 'gone')
    await raise(tx, {
      // A receiver that is down has as many callbacks given up as there are jobs: operators hear of it once a day.
      occurrence: `callbacks ${to.destinationId} given up ${attempt.at.slice(0, 'yyyy-mm-dd'.length)}`,
      type: 'callback.given_up',
      orderId: null,
      facts: { host: to.host, webhookId: messageId, jobId: data['jobId'] ?? null, error: attempt.error },
    });
  if (!to.isEndpoint || to.hasSucceededSince(createdAt)) return 'given_up';
  if (!(await isSilentSince(tx, to.destinationId, createdAt))) return 'given_up';
  await disableWithAlert(tx, to, 'failing');
  return 'disabled';
}

async function disableWithAlert(tx: Tx, to: Whereto, reason: 'gone' | 'failing'): Promise<void> {
  const since = await disableEndpoint(tx, to.destinationId, reason);
  if (since === undefined) return;
  await raise(tx, {
    occurrence: `webhook endpoint ${to.destinationId} disabled ${since.toISOString()}`,
    type: 'webhook.endpoint_disabled',
    orderId: null,
    facts: { endpointId: to.destinationId, host: to.host, reason },
  });
}
