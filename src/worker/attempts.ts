import type { Context, Info } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Pool } from 'pg';
import { recordFailedAttempt } from '../db/attempts.ts';
import { describeFailure } from '../domain/described-failure.ts';
import { orderIdOf } from '../domain/ids.ts';
import type { StepName } from '../domain/order.ts';
import { alertBackoff, noticeBackoff, providerBackoff, type Backoff } from '../domain/policies.ts';
import type { AttemptFact, Events } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';
import { maintenanceTaskQueue, noticesTaskQueue } from '../workflows/order/messages.ts';
import { webhooksTaskQueue } from '../workflows/webhooks/messages.ts';
import { toApplicationFailure } from './application-failure.ts';

/** How often a running attempt says that its worker lives, in milliseconds; well below the heartbeat time-outs. */
const heartbeatEveryMs = 1_000;

interface AttemptsContext {
  readonly pool: Pool;
  readonly events: Events;
  readonly logger: Logger;
  /** This worker's identity. */
  readonly identity: string;
}

/**
 * Around every attempt of every activity: heartbeats while it runs, its outcome in logs and metrics, failures by type
 * with their retry delay, and a record of each failed attempt for the order's timeline, which no history keeps.
 */
export function createAttemptInterceptor(ctx: AttemptsContext) {
  return ({ info, heartbeat }: BoundContext): ActivityInboundCallsInterceptor => ({
    async execute(input, next) {
      const startedAt = new Date();
      const beat = info.heartbeatTimeoutMs ? setInterval(heartbeat, heartbeatEveryMs) : undefined;
      try {
        const result = await next(input);
        noteSuccess(ctx, factOf(info, startedAt));
        return result;
      } catch (error) {
        if (error instanceof CancelledFailure) throw error;
        const failure = describeFailure(error);
        noteFailure(ctx, factOf(info, startedAt), failure, error);
        const backoff = backoffs[info.taskQueue] ?? providerBackoff;
        throw toApplicationFailure(failure, info.attempt, backoff);
      } finally {
        clearInterval(beat);
      }
    },
  });
}

/** Where people are told something, haste helps nobody. */
const backoffs: Readonly<Record<string, Backoff>> = {
  [noticesTaskQueue]: noticeBackoff,
  [webhooksTaskQueue]: noticeBackoff,
  [maintenanceTaskQueue]: alertBackoff,
};

interface BoundContext {
  readonly info: Info;
  readonly heartbeat: () => void;
}

/** The part of an activity's context that the interceptor needs. */
export function bound(context: Context): BoundContext {
  return { info: context.info, heartbeat: () => context.heartbeat() };
}

/** Which activity's success lands or undoes which step. */
const steps: Readonly<Record<string, { step: StepName; landed: boolean }>> = {
  reserveStock: { step: 'reserve_stock', landed: true },
  releaseStock: { step: 'reserve_stock', landed: false },
  authorizePayment: { step: 'authorize_payment', landed: true },
  voidPayment: { step: 'authorize_payment', landed: false },
  confirmOrder: { step: 'confirm', landed: true },
  retractOrder: { step: 'confirm', landed: false },
  buyLabel: { step: 'buy_label', landed: true },
  refundLabel: { step: 'buy_label', landed: false },
  capturePayment: { step: 'capture_payment', landed: true },
  refundPayment: { step: 'capture_payment', landed: false },
};

function noteSuccess({ events }: AttemptsContext, fact: AttemptFact): void {
  events.attemptSucceeded(fact);
  const effect = steps[fact.activity];
  if (effect?.landed) events.stepLanded({ ...fact, step: effect.step });
  else if (effect) events.stepUndone({ ...fact, step: effect.step });
}

function noteFailure(
  { pool, events, logger, identity }: AttemptsContext,
  fact: AttemptFact,
  failure: { type: string; message: string },
  error: unknown,
): void {
  events.attemptFailed({ ...fact, failureType: failure.type, failureMessage: failure.message });
  logger.debug({ err: error, ...fact }, 'the failure in full');
  if (fact.orderId === '') return;
  // Never waited for: the record is for people, and the database may be what has failed.
  recordFailedAttempt(pool, {
    orderId: fact.orderId,
    runId: fact.runId,
    activity: fact.activity,
    attempt: fact.attempt,
    local: fact.local,
    failureType: failure.type,
    failureMessage: failure.message,
    worker: identity,
    startedAt: fact.startedAt,
    durationMs: fact.durationMs,
  }).catch((recordError: unknown) => {
    logger.warn({ err: recordError, ...fact }, 'a failed attempt could not be recorded');
  });
}

/** An activity outside of any workflow is known by its own id. */
function standalone({ activityId, activityRunId }: Info): { workflowId: string; runId: string } {
  return { workflowId: activityId, runId: activityRunId ?? '' };
}

function factOf(info: Info, startedAt: Date): AttemptFact {
  const { workflowId, runId } = info.workflowExecution ?? standalone(info);
  return {
    orderId: orderIdOf(workflowId) ?? '',
    workflowId,
    runId,
    activity: info.activityType,
    attempt: info.attempt,
    local: info.isLocal,
    enqueuedAt: new Date(info.currentAttemptScheduledTimestampMs),
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
  };
}
