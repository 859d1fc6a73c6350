import { beginTurn, endTurn, noteSuccess } from '../../db/webhooks/destinations.ts';
import { attemptDelivery } from './attempt.ts';
import type { WebhookContext } from './context.ts';
import { createFeed, type Ending, type Taken } from './feed.ts';
import { leaseMarginMs, noteSuccessEveryMs, rest } from './limits.ts';
import { secretsOf } from './secrets.ts';
import { writeDown, type Fate } from './write-down.ts';

/** What has come of a turn so far. Times are in milliseconds since 1970. */
interface Tally {
  failures: number;
  lastSuccessAt: number;
  successNotedAt: number;
}

/** Sends what is due at a destination, several at once, until nothing is, somebody else takes it over, or its time is up. */
export async function takeTurn(ctx: WebhookContext, destinationId: string, ending: Ending): Promise<void> {
  const { timeoutMs, concurrency } = ctx.webhooks;
  const leaseMs = timeoutMs + leaseMarginMs;
  const number = await beginTurn(ctx.pool, destinationId, leaseMs);
  if (number === undefined) return;
  const feed = createFeed(ctx.pool, { destinationId, number, leaseMs, concurrency }, ending);
  const tally: Tally = { failures: 0, lastSuccessAt: -Infinity, successNotedAt: -Infinity };

  async function send(): Promise<void> {
    for (let taken = await feed.next(); taken; taken = await feed.next()) {
      const fate = await deliver(ctx, destinationId, taken, tally, ending.signal);
      feed.done(taken.delivery.id);
      if (fate === 'disabled') feed.close();
    }
  }

  const senders = Array.from({ length: concurrency }, () =>
    send().catch((error: unknown) => {
      feed.close();
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(senders)).find(({ status }) => status === 'rejected');
  await endTurn(ctx.pool, destinationId, number, outcomeOf(tally, feed.isOutOfTime), rest);
  // What was given up because the worker ends is still due, and its next turn is another worker's.
  if (failed?.status === 'rejected' && !ending.signal.aborted) throw failed.reason;
}

async function deliver(
  ctx: WebhookContext,
  destinationId: string,
  { delivery, destination }: Taken,
  tally: Tally,
  signal: AbortSignal,
): Promise<Fate> {
  const url = new URL(delivery.url ?? destination.url ?? '');
  const message = { ...delivery, url: url.href, secrets: secretsOf(destination, ctx.sealer) };
  const made = await attemptDelivery(ctx.webhookClient, message, signal);
  const { isEndpoint } = destination;
  const hasSucceededSince = (time: Date) => tally.lastSuccessAt > time.getTime();
  const to = { destinationId, isEndpoint, host: url.host, hasSucceededSince };
  const fate = await writeDown(ctx, delivery, made, to);
  const { messageId, type } = delivery;
  ctx.events.webhookAttempted({ destinationId, host: url.host, messageId, type, fate, ...made.attempt });
  if (fate === 'delivered') await count(ctx, destinationId, tally);
  else tally.failures += 1;
  return fate;
}

async function count({ pool }: WebhookContext, destinationId: string, tally: Tally): Promise<void> {
  tally.lastSuccessAt = Date.now();
  if (tally.lastSuccessAt - tally.successNotedAt < noteSuccessEveryMs) return;
  tally.successNotedAt = tally.lastSuccessAt;
  await noteSuccess(pool, destinationId);
}

function outcomeOf(
  { failures, lastSuccessAt }: Tally,
  isOutOfTime: boolean,
): 'fruitful' | 'fruitless' | 'idle' {
  if (lastSuccessAt > -Infinity) return 'fruitful';
  return failures > 0 && isOutOfTime ? 'fruitless' : 'idle';
}
