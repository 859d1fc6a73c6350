import {
  CancellationScope,
  condition,
  isCancellation,
  upsertSearchAttributes,
  uuid4,
} from '@temporalio/workflow';
import type { EndOrder, UnwindingBegun } from '../../activities/orders.ts';
import { isOrderFailureType } from '../../domain/failures.ts';
import { deliveryStep } from '../../domain/order.ts';
import { isDispatched, type ShipmentStatus } from '../../domain/shipment.ts';
import { orderActivities, type OrderProxies } from '../activities.ts';
import { refusalOf } from '../failures.ts';
import { Saga, type Deadline, type Decision } from '../saga.ts';
import { Checklist } from './checklist.ts';
import { Inbox, type OperatorCall } from './inbox.ts';
import { searchAttributes, type OrderInput, type OrderOutcome } from './messages.ts';
import { orderSteps } from './steps.ts';

/** The time until the carrier has the parcel, and until it has arrived; no step of ours, so nothing to undo. */
const dispatch = { name: 'dispatch', title: 'Handed to the carrier' };
const delivery = { name: deliveryStep, title: 'Delivered' };

/** Brings one order to its one end: completed, or failed or cancelled with everything undone. */
export async function order(input: OrderInput): Promise<OrderOutcome> {
  const run = CancellationScope.current();
  // Nothing but an accepted cancel may stop the story, not even a cancel of the run itself.
  return CancellationScope.nonCancellable(() => tell(input, run));
}

async function tell({ orderId, policy, resume }: OrderInput, run: CancellationScope): Promise<OrderOutcome> {
  const activities = orderActivities(policy);
  const steps = orderSteps(orderId, activities);
  const checklist = new Checklist([...Object.values(steps), dispatch, delivery]);
  const inbox = new Inbox();
  const callOperator = operatorOf(orderId, activities, inbox, checklist);
  const saga = new Saga(checklist, callOperator);
  inbox.open({ onCancel: () => saga.cancel(), onTracking: showParcel });
  takeEngineCancels(run, orderId, activities, saga);

  return resume ? resumed() : forward();

  async function forward(): Promise<OrderOutcome> {
    try {
      await saga.forward(async () => {
        await saga.run(steps.reserveStock);
        const { captureBefore } = await saga.run(steps.authorizePayment);
        await saga.run(steps.confirm); // Its commit puts the mail and the sale in the outbox.
        upsertSearchAttributes([{ key: searchAttributes.orderStatus, value: 'confirmed' }]);
        await saga.run(steps.buyLabel, captureEarly(captureBefore));
        await saga.run(steps.capturePayment);
        await delivered();
      });
      await activities.completeOrder({ orderId });
      return ended({ status: 'completed', failureType: null });
    } catch (error) {
      if (refusalOf(error)?.type === 'StepUndone') return unwoundAsBegun();
      const failure = failureOf(error);
      const begun = await activities.beginUnwinding({ orderId, failure });
      if (begun === 'refused') {
        saga.takeBackCancel();
        return resumed();
      }
      assumeEntered(begun);
      return unwound(failure);
    }
  }

  /**
   * A step whose commit was made within a workflow task is unknown to the run once that task is lost, where the cancel came
   * before the next one. Runs that began to unwind before the books were asked for it have nothing of that in their history.
   */
  function assumeEntered(begun: UnwindingBegun | 'begun' | null | undefined): void {
    const entered: readonly string[] = typeof begun === 'object' ? (begun?.entered ?? []) : [];
    saga.assumeEntered(Object.values(steps).filter(({ name }) => entered.includes(name)));
  }

  /** Goes on where a run before this one, or this one before it was disturbed, has left the order. */
  async function resumed(): Promise<OrderOutcome> {
    const point = await activities.resumePoint({ orderId });
    if (point.ended) return ended(point.ended);
    saga.assumeEntered(Object.values(steps));
    if (point.parcel) noteParcel(point.parcel);
    return point.unwinding ? unwound(point.failure) : forward();
  }

  async function unwound(failure: EndOrder['failure']): Promise<OrderOutcome> {
    await saga.unwind();
    const status = await activities.endOrder({ orderId, failure });
    return ended({ status, failureType: status === 'failed' ? (failure?.type ?? null) : null });
  }

  /**
   * The order unwinds already, although this run has forgotten it: the workflow task that began it was lost with its
   * worker, or the run was reset. What was committed counts.
   */
  async function unwoundAsBegun(): Promise<OrderOutcome> {
    const begun = await activities.resumePoint({ orderId });
    if (begun.ended) return ended(begun.ended);
    saga.assumeEntered(Object.values(steps));
    return unwound(begun.failure);
  }

  /** What the carrier has told while no run listened stands in Postgres. */
  function noteParcel(status: ShipmentStatus): void {
    inbox.noteParcel(status);
    showParcel(status);
  }

  function showParcel(status: ShipmentStatus): void {
    if (isDispatched(status)) checklist.passed(dispatch.name);
    if (status === 'delivered') checklist.passed(delivery.name);
  }

  /** A label that does not succeed must not cost us the authorization, which cannot be renewed (law 7). */
  function captureEarly(captureBefore: string | null): Deadline | undefined {
    if (captureBefore === null) return undefined;
    const atMs = Date.parse(captureBefore) - policy.captureMarginMs;
    return {
      atMs,
      summary: 'Capture before the authorization expires',
      act: () => saga.run(steps.capturePayment),
    };
  }

  /** Waits for the carrier's webhooks, and asks the carrier itself when none has come for long. */
  async function delivered(): Promise<void> {
    for (;;) {
      const told = await condition(() => inbox.hasParcelNews, policy.trackingCheckAfterMs, {
        summary: 'Ask the carrier if its webhook does not come',
      });
      if (!told) await askCarrier(orderId, activities);
      const news = inbox.takeParcelNews();
      if (news === 'delivered') return;
      if (!news) continue;
      // An operator who skips this knows that the parcel has arrived, or that nobody waits for it any more.
      if ((await callOperator(delivery.name, `the carrier says ${news}`)) === 'skip') return;
    }
  }

  function ended(outcome: OrderOutcome): OrderOutcome {
    checklist.ended(outcome.status, outcome.failureType);
    upsertSearchAttributes([{ key: searchAttributes.orderStatus, value: outcome.status }]);
    return outcome;
  }
}

/** Why the order ends; null when it was cancelled. Anything that is no answer is a defect and stalls the run (law 16). */
function failureOf(error: unknown): EndOrder['failure'] {
  const refusal = refusalOf(error);
  if (isCancellation(error) || refusal?.type === 'CancelRequested') return null;
  if (refusal && isOrderFailureType(refusal.type)) return { type: refusal.type, detail: refusal.detail };
  // A failure of Temporal's own kind, thrown on, would fail the run instead.
  throw new Error('a step ended in a way that no order can', { cause: error });
}

/**
 * Raises needs attention, waits for the operator's word, and goes on. An order shows one thing at a time: where two wait,
 * the later one first.
 */
function operatorOf(orderId: string, activities: OrderProxies, inbox: Inbox, checklist: Checklist) {
  const waits: Wait[] = [];

  async function raise(wait: Wait): Promise<void> {
    const { step, reason } = wait;
    // A task that is lost is done again, perhaps after the operator's word has come: it is the same call then.
    wait.call = uuid4();
    inbox.forgetResolution(step);
    await activities.raiseAttention({ orderId, step, reason, call: wait.call });
    checklist.needsAttention(step, reason);
    showAttention(true);
  }

  return async (step: string, reason: string): Promise<Decision> => {
    const wait: Wait = { step, reason, call: '' };
    waits.push(wait);
    try {
      await raise(wait);
      await condition(() => inbox.isResolved(wait));
    } finally {
      waits.splice(waits.indexOf(wait), 1);
      checklist.attended();
      showAttention(false);
    }
    const decision = inbox.takeResolution(wait) ?? 'retry';
    const earlier = waits.at(-1);
    if (earlier) await raise(earlier);
    return decision;
  };
}

/** Somebody is waited for; `call` changes when it is raised anew. */
interface Wait extends OperatorCall {
  readonly reason: string;
  call: string;
}

function showAttention(needed: boolean): void {
  upsertSearchAttributes([
    { key: searchAttributes.needsAttention, value: needed },
    { key: searchAttributes.waitingOn, value: needed ? 'operator' : 'none' },
  ]);
}

/** Looks where the parcel is; the news come back as a signal. When the carrier is away, the next look will tell. */
async function askCarrier(orderId: string, activities: OrderProxies): Promise<void> {
  try {
    await activities.checkTracking({ orderId });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** Somebody pressed Cancel on the run itself: it becomes a command like any other, accepted until dispatch. */
function takeEngineCancels(
  run: CancellationScope,
  orderId: string,
  activities: OrderProxies,
  saga: Saga,
): void {
  void run.cancelRequested.catch(async () => {
    const accepted = await activities.acceptEngineCancel({ orderId });
    if (accepted) saga.cancel();
  });
}
