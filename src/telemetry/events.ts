import { failureKinds, isFailureType } from '../domain/failures.ts';
import { orderWorkflowId } from '../domain/ids.ts';
import type { NoticeKind } from '../domain/notice.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Which order it is about, and the trace that asked for it. */
export interface OrderFact {
  readonly orderId: string;
  readonly traceId?: string | null;
}

/** Which attempt of which activity it is about. Times are when the attempt was scheduled and when it began. */
export interface AttemptFact extends OrderFact {
  /** The workflow's id, or that of an activity outside of any workflow. */
  readonly workflowId: string;
  readonly runId: string;
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  readonly local: boolean;
  readonly enqueuedAt: Date;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** Why something did not work: a type from domain/failures.ts or the error's own name, and redacted words. */
export interface FailureFact {
  readonly failureType: string;
  readonly failureMessage: string;
}

/** An entry of the outbox; the age runs from its commit. */
export interface DeliveryFact extends OrderFact {
  readonly entryId: number;
  readonly kind: string;
  readonly ageMs: number;
}

/** Which job it is about. */
export interface JobFact {
  readonly jobId: string;
  readonly jobType: string;
}

interface JobAttemptFact extends JobFact {
  readonly attempt: number;
  readonly round: number;
}

function order<F extends OrderFact>(fact: F) {
  return { workflowId: orderWorkflowId(fact.orderId), ...fact };
}

export type Events = ReturnType<typeof createEvents>;

/** One function a business fact, so that log and metrics tell the same story with the same ids. */
export function createEvents(logger: Logger, metrics: Metrics) {
  return {
    orderAccepted(
      fact: OrderFact & { totalMinor: number; currency: string; pieces: number; durationMs: number },
    ): void {
      metrics.ordersAccepted.inc();
      logger.info({ event: 'orderAccepted', ...order(fact) }, 'order accepted');
    },

    /** The workflow runs; `delayMs` is the time since the order was accepted. */
    orderStarted(fact: OrderFact & { runId: string; delayMs: number }): void {
      metrics.ordersStarted.observeMs({}, fact.delayMs);
      logger.info({ event: 'orderStarted', ...order(fact) }, 'order started');
    },

    /** `gone`: the workflow has ended, and there is nobody left to tell. */
    orderSignalled(fact: OrderFact & { signal: string; outcome: 'taken' | 'gone' }): void {
      logger.info({ event: 'orderSignalled', ...order(fact) }, `${fact.signal} signal ${fact.outcome}`);
    },

    stepLanded(fact: AttemptFact & { step: string }): void {
      metrics.steps.inc({ step: fact.step, outcome: 'landed' });
      logger.info({ event: 'stepLanded', ...fact }, `${fact.step} landed`);
    },

    stepUndone(fact: AttemptFact & { step: string }): void {
      metrics.steps.inc({ step: fact.step, outcome: 'undone' });
      logger.info({ event: 'stepUndone', ...fact }, `${fact.step} undone`);
    },

    /** Every attempt that worked, whatever the activity. */
    attemptSucceeded(fact: AttemptFact): void {
      metrics.activityAttempts.observeMs({ activity: fact.activity, outcome: 'ok' }, fact.durationMs);
      logger.debug({ event: 'attemptSucceeded', ...fact }, `${fact.activity} worked`);
    },

    /** A refusal is an outcome like another one; anything else is worth a look when it comes often. */
    attemptFailed(fact: AttemptFact & FailureFact): void {
      const kind = isFailureType(fact.failureType) ? failureKinds[fact.failureType] : null;
      const outcome = kind?.refusal ? 'refused' : 'failed';
      metrics.activityAttempts.observeMs({ activity: fact.activity, outcome }, fact.durationMs);
      metrics.activityFailures.inc({ activity: fact.activity, failure_type: fact.failureType });
      logger[kind?.logLevel ?? 'error']({ event: 'attemptFailed', ...fact }, `${fact.activity} ${outcome}`);
    },

    needsAttention(fact: OrderFact & { step: string; reason: string }): void {
      metrics.ordersNeedingAttention.inc({ step: fact.step });
      logger.error({ event: 'needsAttention', ...order(fact) }, `${fact.step} needs an operator`);
    },

    /** The operators were told each way that is set up. */
    operatorsTold(fact: { alertId: string; type: string; orderId: string | null }): void {
      metrics.alerts.inc({ type: fact.type });
      logger.info({ event: 'operatorsTold', ...fact }, `operators told of ${fact.type}`);
    },

    operatorWebhookGone(fact: { alertId: string }): void {
      logger.error(
        { event: 'operatorWebhookGone', ...fact },
        "the operators' webhook wants no more alerts (410)",
      );
    },

    /** Something the saga never sees was found: repaired by the action named, or kept open for a person. */
    reconcilerFound(fact: {
      kind: string;
      subject: string;
      orderId: string | null;
      action: string;
      needsPerson: boolean;
      facts: Readonly<Record<string, unknown>>;
    }): void {
      metrics.reconcilerFindings.inc({ kind: fact.kind, action: fact.action });
      logger[fact.needsPerson ? 'error' : 'warn'](
        { event: 'reconcilerFound', ...fact },
        `reconciler: ${fact.kind} ${fact.action}`,
      );
    },

    /** What the reconciler wanted to do about one thing did not work; the next pass tries again. */
    reconcilerFailed(fact: FailureFact & { kind: string; subject: string }): void {
      metrics.reconcilerFailures.inc({ kind: fact.kind, failure_type: fact.failureType });
      logger.error({ event: 'reconcilerFailed', ...fact }, `reconciler: ${fact.kind} could not be repaired`);
    },

    /** A pass of the reconciler has come to its end. */
    reconcilerPassed(): void {
      metrics.reconcilerLastPass.set(Date.now() / 1_000);
    },

    /** An operator or a customer has asked for something, and it was accepted. */
    commandAccepted(fact: OrderFact & { command: string; requestedBy: string }): void {
      logger.info({ event: 'commandAccepted', ...order(fact) }, `${fact.command} accepted`);
    },

    /** `durationMs` runs from the order's acceptance. */
    orderEnded(
      fact: OrderFact & { status: string; failureType: string | null; durationMs: number; runId?: string },
    ): void {
      metrics.ordersEnded.observeMs(
        { status: fact.status, failure_type: fact.failureType ?? '' },
        fact.durationMs,
      );
      logger.info({ event: 'orderEnded', ...order(fact) }, `order ${fact.status}`);
    },

    noticeSent(fact: OrderFact & { notice: NoticeKind; attempt?: number; durationMs?: number }): void {
      metrics.notices.inc({ kind: fact.notice, outcome: 'sent' });
      logger.info({ event: 'noticeSent', ...order(fact) }, `notice ${fact.notice} sent`);
    },

    noticeRefused(fact: OrderFact & FailureFact & { notice: NoticeKind }): void {
      metrics.notices.inc({ kind: fact.notice, outcome: 'refused' });
      logger.warn({ event: 'noticeRefused', ...order(fact) }, `notice ${fact.notice} refused`);
    },

    /** A tick of a schedule was seen to: a job was made for it, or none for the reason that the outcome names. */
    tickTaken(fact: {
      scheduleId: string;
      tick: string;
      outcome: string;
      cause: string;
      jobId: string | null;
    }): void {
      const { scheduleId, outcome, cause } = fact;
      metrics.scheduleTicks.inc({ schedule: scheduleId, outcome, cause });
      logger[outcome === 'missed' ? 'error' : 'info'](
        { event: 'tickTaken', ...fact },
        `schedule ${scheduleId} ${outcome}`,
      );
    },

    providerCalled(fact: {
      provider: string;
      call: string;
      durationMs: number;
      orderId?: string;
      failureType: string | null;
    }): void {
      const { provider, call, durationMs } = fact;
      metrics.providerCalls.observeMs({ provider, call, outcome: fact.failureType ?? 'ok' }, durationMs);
      logger.debug({ event: 'providerCalled', ...fact }, `${provider} ${call}`);
    },

    webhookReceived(fact: {
      provider: string;
      eventId: string;
      type: string;
      orderId: string | null;
      outcome: 'taken' | 'repeated' | 'ignored';
    }): void {
      metrics.webhooks.inc({ provider: fact.provider, outcome: fact.outcome });
      logger.info({ event: 'webhookReceived', ...fact }, `${fact.provider} ${fact.type} ${fact.outcome}`);
    },

    webhookRejected(fact: { provider: string; reason: string }): void {
      metrics.webhooks.inc({ provider: fact.provider, outcome: 'rejected' });
      logger.warn({ event: 'webhookRejected', ...fact }, `${fact.provider} webhook rejected`);
    },

    /** An attempt to send a webhook; the host alone, because a path may be a secret. */
    webhookAttempted(fact: {
      destinationId: string;
      host: string;
      messageId: string;
      type: string;
      durationMs: number;
      httpStatus: number | null;
      error: string | null;
      fate: 'delivered' | 'put_off' | 'given_up' | 'disabled';
    }): void {
      metrics.webhookAttempts.observeMs({ outcome: fact.error ?? 'taken' }, fact.durationMs);
      metrics.webhookFates.inc({ fate: fact.fate });
      const { fate } = fact;
      const level = fate === 'delivered' ? 'info' : fate === 'put_off' ? 'warn' : 'error';
      logger[level]({ event: 'webhookAttempted', ...fact }, `webhook ${fact.type} ${fate}`);
    },

    /**
     * `route` is the pattern, never the path, so that it stays a label. Of the duration, `waitedMs` were waiting: for what
     * becomes of an order, or as a stream; the metric leaves them out.
     */
    requestServed(fact: {
      method: string;
      route: string;
      status: number;
      durationMs: number;
      waitedMs: number;
      traceId: string;
      orderId?: string;
    }): void {
      const { method, route, status, durationMs, waitedMs } = fact;
      metrics.httpRequests.observeMs({ method, route, status }, durationMs - waitedMs);
      logger[status >= 500 ? 'error' : 'debug'](
        { event: 'requestServed', ...fact },
        `${method} ${route} ${status}`,
      );
    },

    outboxDelivered(fact: DeliveryFact & { path: 'direct' | 'poll' }): void {
      metrics.outboxDelivered.observeMs({ kind: fact.kind, path: fact.path }, fact.ageMs);
      logger.debug({ event: 'outboxDelivered', ...fact }, `${fact.kind} delivered`);
    },

    /** A failure of this entry's own; it is tried again after `retryInMs`. */
    outboxPutOff(fact: DeliveryFact & FailureFact & { attempts: number; retryInMs: number }): void {
      metrics.outboxFailures.inc({ kind: fact.kind, failure_type: fact.failureType });
      logger.warn({ event: 'outboxPutOff', ...fact }, `${fact.kind} not delivered`);
    },

    /** The entry keeps failing while others succeed: somebody has to look. It is still tried, seldom. */
    outboxPoisoned(fact: DeliveryFact & FailureFact & { attempts: number; retryInMs: number }): void {
      metrics.outboxFailures.inc({ kind: fact.kind, failure_type: fact.failureType });
      logger.error({ event: 'outboxPoisoned', ...fact }, `${fact.kind} keeps failing`);
    },

    jobAccepted(fact: JobFact & { requestedBy: string; traceId: string | null }): void {
      metrics.jobsAccepted.inc({ type: fact.jobType });
      logger.info({ event: 'jobAccepted', ...fact }, `${fact.jobType} accepted`);
    },

    /** `waitedMs` runs from the moment at which it was due. */
    jobDispatched(fact: JobFact & { workflowId: string; waitedMs: number }): void {
      metrics.jobWaits.observeMs({ type: fact.jobType }, fact.waitedMs);
      logger.debug({ event: 'jobDispatched', ...fact }, `${fact.jobType} handed to Temporal`);
    },

    /** `thrown` is what the handler has thrown, for its stack; undefined where it threw nothing. */
    jobAttemptFailed(fact: JobAttemptFact & FailureFact & { durationMs: number }, thrown: unknown): void {
      metrics.jobAttemptsFailed.inc({ type: fact.jobType, failure_type: fact.failureType });
      logger.warn(
        { event: 'jobAttemptFailed', ...fact, ...(thrown instanceof Error && { err: thrown }) },
        `attempt ${fact.attempt} of ${fact.jobType} failed: ${fact.failureType}: ${fact.failureMessage}`,
      );
    },

    /** Its signal was aborted, and it goes on; beside it the next attempt may be at work, whatever the type's limit is. */
    jobHandlerLeftBehind(fact: JobAttemptFact): void {
      metrics.jobHandlersLeftBehind.inc({ type: fact.jobType });
      logger.warn(
        { event: 'jobHandlerLeftBehind', ...fact },
        `the handler of attempt ${fact.attempt} of ${fact.jobType} had to stop, and works on`,
      );
    },

    /** `durationMs` runs from its first attempt; null where none has begun. A dead one is an error: somebody has to look. */
    jobEnded(
      fact: JobFact & {
        status: string;
        failureType: string | null;
        attempts: number;
        durationMs: number | null;
      },
    ): void {
      const { jobType: type, status } = fact;
      metrics.jobsEnded.observeMs({ type, status }, fact.durationMs ?? 0);
      logger[status === 'dead' ? 'error' : 'info']({ event: 'jobEnded', ...fact }, `${type} ${status}`);
    },

    /** A worker was handed a job of a type that it does not know; told once in a while, however many there are. */
    jobTypeUnknown(fact: { jobType: string }): void {
      metrics.jobTypesUnknown.inc({ type: fact.jobType });
      logger.warn({ event: 'jobTypeUnknown', ...fact }, `this worker knows no ${fact.jobType}: they wait`);
    },

    jobCommandAccepted(fact: { jobId: string; command: string; requestedBy: string; traceId: string }): void {
      logger.info({ event: 'jobCommandAccepted', ...fact }, `${fact.command} of a job accepted`);
    },

    /** An operator has confirmed that so many are to be told. */
    bulkConfirmed(fact: {
      operationId: string;
      action: string;
      counted: number;
      requestedBy: string;
      traceId: string;
    }): void {
      logger.warn({ event: 'bulkConfirmed', ...fact }, `${fact.action} of ${fact.counted} confirmed`);
    },

    /** An operator has paused a type of jobs, or let it go on. */
    jobTypeSwitched(fact: { jobType: string; paused: boolean; requestedBy: string; traceId: string }): void {
      logger.warn(
        { event: 'jobTypeSwitched', ...fact },
        `${fact.jobType} ${fact.paused ? 'paused' : 'resumed'}`,
      );
    },

    temporalLost(fact: FailureFact): void {
      metrics.temporalUp.set(0);
      logger.error({ event: 'temporalLost', ...fact }, 'Temporal is out of reach; deliveries wait');
    },

    temporalReached(fact: { server: string; version: string | null; downMs: number | null }): void {
      metrics.temporalUp.set(1);
      logger.info({ event: 'temporalReached', ...fact }, 'Temporal is there');
    },
  };
}
