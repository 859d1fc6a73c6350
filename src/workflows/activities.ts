import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { OrderRef } from '../activities/context.ts';
import type { MaintenanceActivities, OrderActivities } from '../activities/index.ts';
import type { EndOrder, RaiseAttention } from '../activities/orders.ts';
import type { JobActivities } from '../activities/jobs/activities.ts';
import type { WebhookActivities } from '../activities/webhooks/webhooks.ts';
import type { OrderPolicy } from '../domain/policies.ts';
import { refusalOf } from './failures.ts';
import { jobsTaskQueue, type JobRunPolicy } from './job/messages.ts';
import { maintenanceTaskQueue } from './order/messages.ts';
import { webhooksTaskQueue } from './webhooks/messages.ts';

const { WAIT_CANCELLATION_COMPLETED } = ActivityCancellationType;

/** Waits between attempts where the failure itself does not say how long (`nextRetryDelay`): a worker that died. */
const backoff = { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s' } as const;

/**
 * An effect outside our database: at least once, by key; its landing is awaited before any undo (law 5). The heartbeat,
 * sent by an interceptor, tells a dead worker from a slow provider.
 */
const effect = {
  startToCloseTimeout: '40s',
  heartbeatTimeout: '4s',
  cancellationType: WAIT_CANCELLATION_COMPLETED,
} as const satisfies ActivityOptions;

/** One short transaction, tried once inside the workflow task; shorter than the task itself. */
const commit = {
  startToCloseTimeout: '2500ms',
  retry: { maximumAttempts: 1 },
  cancellationType: WAIT_CANCELLATION_COMPLETED,
} as const satisfies LocalActivityOptions;

/** The same transaction when that did not succeed: with patience, and visible as pending in the Web UI. */
const patientCommit = {
  heartbeatTimeout: '4s',
  startToCloseTimeout: '10s',
  cancellationType: WAIT_CANCELLATION_COMPLETED,
} as const satisfies ActivityOptions;

/** What each activity does, as the Web UI shows it. */
const summaries: Record<keyof OrderActivities, string> = {
  reserveStock: 'Reserve all lines or none',
  releaseStock: 'Undo: give the stock back',
  authorizePayment: 'Hold the total on the card',
  voidPayment: 'Undo: let go of what is held',
  confirmOrder: 'Confirm; mail and sales figures follow',
  retractOrder: 'Undo: take the sale back',
  buyLabel: 'Buy the parcel label',
  refundLabel: 'Undo: ask for the label money back',
  capturePayment: 'Take the money: the gate before hand-over',
  refundPayment: 'Undo: refund in full',
  checkTracking: 'Ask the carrier where the parcel is',
  completeOrder: 'Complete the order',
  beginUnwinding: 'From here on only undo',
  resumePoint: 'See how far the lost run was',
  endOrder: 'End the order',
  raiseAttention: 'Call an operator',
  acceptEngineCancel: 'Accept or refuse the cancel',
};

/** The activities of one order, under the policy that was pinned when it was accepted. */
export function orderActivities(policy: OrderPolicy) {
  const retry = { ...backoff, maximumAttempts: policy.attemptsBeforeAttention };
  return {
    reserveStock: localFirst('reserveStock', retry, (all, input: OrderRef) => all.reserveStock(input)),
    releaseStock: localFirst('releaseStock', retry, (all, input: OrderRef) => all.releaseStock(input)),
    authorizePayment: outside('authorizePayment', retry),
    voidPayment: outside('voidPayment', retry),
    confirmOrder: localFirst('confirmOrder', retry, (all, input: OrderRef) => all.confirmOrder(input)),
    retractOrder: localFirst('retractOrder', retry, (all, input: OrderRef) => all.retractOrder(input)),
    buyLabel: outside('buyLabel', retry),
    refundLabel: outside('refundLabel', retry),
    capturePayment: outside('capturePayment', retry),
    refundPayment: outside('refundPayment', retry),
    checkTracking: outside('checkTracking', retry),
    // These bring the order to its end, or call for help: there is nobody left to call when they fail.
    completeOrder: localFirst('completeOrder', backoff, (all, input: OrderRef) => all.completeOrder(input)),
    beginUnwinding: localFirst('beginUnwinding', backoff, (all, input: EndOrder) =>
      all.beginUnwinding(input),
    ),
    resumePoint: localFirst('resumePoint', backoff, (all, input: OrderRef) => all.resumePoint(input)),
    endOrder: localFirst('endOrder', backoff, (all, input: EndOrder) => all.endOrder(input)),
    raiseAttention: localFirst('raiseAttention', backoff, (all, input: RaiseAttention) =>
      all.raiseAttention(input),
    ),
    acceptEngineCancel: localFirst('acceptEngineCancel', backoff, (all, input: OrderRef) =>
      all.acceptEngineCancel(input),
    ),
  };
}

export type OrderProxies = ReturnType<typeof orderActivities>;

/** A turn at a webhook's destination: longer than its minute by what is on its way then. Tried for as long as it takes. */
const sending = {
  taskQueue: webhooksTaskQueue,
  startToCloseTimeout: '3m',
  heartbeatTimeout: '4s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Send what is due',
} as const satisfies ActivityOptions;

export const webhookActivities = proxyActivities<WebhookActivities>(sending);

/** How much longer than its own time-out an attempt has, to say how it went, in milliseconds. */
const lastWordsMs = 10_000;

/** A job's own deadline comes first wherever a worker is there to see it. */
const afterDeadlineMs = 60_000;

/** An attempt of a job within the workflow task: once, and the attempt gives up by itself before. */
const attemptAtOnce = {
  startToCloseTimeout: '2500ms',
  retry: { maximumAttempts: 1 },
  cancellationType: WAIT_CANCELLATION_COMPLETED,
  summary: 'Attempt',
} as const satisfies LocalActivityOptions;

/** The attempts of a job, as often as they themselves say, each with the wait that it asks for. */
export function jobActivities({ queue, attemptTimeoutMs, deadlineMs, backoff: waits }: JobRunPolicy) {
  const { runJob } = proxyActivities<JobActivities>({
    taskQueue: queue,
    startToCloseTimeout: attemptTimeoutMs + lastWordsMs,
    scheduleToCloseTimeout: deadlineMs + afterDeadlineMs,
    heartbeatTimeout: '6s',
    cancellationType: WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: waits.firstMs, backoffCoefficient: waits.factor, maximumInterval: waits.maxMs },
    summary: 'Attempt',
  });
  const { settleJob } = proxyActivities<JobActivities>({
    ...patientCommit,
    taskQueue: jobsTaskQueue,
    retry: backoff,
    summary: 'Write down how it ended',
  });
  return { runJob, settleJob };
}

/** First attempts of short jobs. */
export const shortAttempts = proxyLocalActivities<JobActivities>(attemptAtOnce);

/** Telling operators: after a few days the news is old, and the log has it. */
const alerting = {
  taskQueue: maintenanceTaskQueue,
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '3 days',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' },
  summary: 'Tell the operators',
} as const satisfies ActivityOptions;

export const alertActivities = proxyActivities<MaintenanceActivities>(alerting);

/** A part of the reconciler's pass: bounded, repeatable, and looked at again by the next pass. */
const reconciling = {
  taskQueue: maintenanceTaskQueue,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 2 },
} as const satisfies ActivityOptions;

export const reconcileActivities = proxyActivities<MaintenanceActivities>(reconciling);

/** One short transaction, for as long as its tick may be made up for at all. */
const ticking = {
  taskQueue: maintenanceTaskQueue,
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Have the job of this tick made, once',
} as const satisfies ActivityOptions;

export const tickActivities = proxyActivities<MaintenanceActivities>(ticking);

type Retry = NonNullable<ActivityOptions['retry']>;

function outside<Name extends keyof OrderActivities>(name: Name, retry: Retry) {
  return proxyActivities<OrderActivities>({ ...effect, retry, summary: summaries[name] })[name];
}

/** A commit, tried once as a local activity, then as a regular one; a refusal is an answer. */
function localFirst<Input, Result>(
  name: keyof OrderActivities,
  retry: Retry,
  call: (all: OrderActivities, input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  const summary = summaries[name];
  const once = proxyLocalActivities<OrderActivities>({ ...commit, summary });
  const patient = proxyActivities<OrderActivities>({ ...patientCommit, retry, summary });
  return async (input) => {
    try {
      return await call(once, input);
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isCancellation(error) || refusalOf(error)) throw error;
      return call(patient, input);
    }
  };
}
