import { cancel } from '../db/orders/commands.ts';
import * as life from '../db/orders/life.ts';
import * as resume from '../db/orders/resume.ts';
import { transaction, type Tx } from '../db/pool.ts';
import * as steps from '../db/orders/steps.ts';
import { enqueue } from '../db/outbox.ts';
import { Failure } from '../domain/failures.ts';
import type { StepName } from '../domain/order.ts';
import type { ActivityContext, OrderRef } from './context.ts';

const step = 'confirm';

/** The steps that are nothing but a commit of ours. */
export function createOrders({ pool, events }: Pick<ActivityContext, 'pool' | 'events'>) {
  function tellEnd(orderId: string, { first, ageMs, ...ended }: life.Ended): void {
    if (first) events.orderEnded({ orderId, durationMs: ageMs, ...ended });
  }

  return {
    /** The order is confirmed; mail and sales figures follow from the outbox. */
    async confirmOrder({ orderId }: OrderRef): Promise<void> {
      await transaction(pool, async (tx) => {
        await life.lockForward(tx, orderId);
        await steps.intend(tx, orderId, step);
        const { first, durationMs } = await steps.land(tx, orderId, step);
        if (first) await life.confirm(tx, orderId, durationMs);
      });
    },

    /** Takes the sale back; the mail about it follows when the order has ended. */
    async retractOrder({ orderId }: OrderRef): Promise<void> {
      await transaction(pool, async (tx) => {
        await life.lock(tx, orderId);
        const { before } = await steps.beginUndo(tx, orderId, step);
        if (!(await steps.finishUndo(tx, orderId, step)) || before !== 'landed') return;
        await enqueue(tx, orderId, { kind: 'sale_reversed', payload: {} });
      });
    },

    async completeOrder({ orderId }: OrderRef): Promise<void> {
      const ended = await transaction(pool, (tx) => life.complete(tx, orderId));
      tellEnd(orderId, ended);
    },

    /**
     * From here on the order only unwinds: a run that takes over from this one must not go forward again. A cancel that
     * nobody has asked us for, because somebody sent the run its signal, is accepted or refused here.
     */
    async beginUnwinding({ orderId, failure }: EndOrder): Promise<UnwindingBegun | 'begun' | 'refused'> {
      return transaction(pool, async (tx) => {
        if (failure === null && !(await acceptCancel(tx, orderId, 'the run was sent the cancel signal')))
          return 'refused';
        await resume.beginUnwinding(tx, orderId, failure);
        return { entered: await steps.enteredOf(tx, orderId) };
      });
    },

    /** Where this run has to go on, because the one before it was lost. */
    async resumePoint({ orderId }: OrderRef): Promise<resume.ResumePoint> {
      return transaction(pool, (tx) => resume.takeUp(tx, orderId));
    },

    /** Ends an order that was undone: `cancelled` where a cancel was accepted, else `failed` for the reason given. */
    async endOrder({ orderId, failure }: EndOrder): Promise<'failed' | 'cancelled'> {
      const ended = await transaction(pool, (tx) => life.end(tx, orderId, failure));
      tellEnd(orderId, ended);
      return ended.status;
    },

    async raiseAttention({ orderId, step: stuck, reason, call }: RaiseAttention): Promise<void> {
      const raised = await transaction(pool, (tx) =>
        life.raiseAttention(tx, orderId, { step: stuck, reason, call }),
      );
      if (raised) events.needsAttention({ orderId, step: stuck, reason });
    },

    /** Somebody cancelled the run itself, in the Web UI. Accepted or refused as over HTTP; true when accepted. */
    async acceptEngineCancel({ orderId }: OrderRef): Promise<boolean> {
      return transaction(pool, (tx) => acceptCancel(tx, orderId, 'the workflow run was cancelled'));
    },
  };
}

/** A cancel that comes from Temporal, with its reason; one accepted before stays so. False when it is refused. */
async function acceptCancel(tx: Tx, orderId: string, reason: string): Promise<boolean> {
  try {
    await cancel(tx, { orderId, requestedBy: 'temporal', reason });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.type === 'CommandRefused') return false;
    throw error;
  }
}

/** `failure` is null where the order was cancelled. */
export interface EndOrder extends OrderRef {
  readonly failure: resume.OrderFailure | null;
}

/** Every step of the order that the books know of. Earlier releases said `begun` instead, which their runs have in their histories. */
export interface UnwindingBegun {
  readonly entered: readonly StepName[];
}

/** The step that does not succeed, and the type of its failure. */
export interface RaiseAttention extends OrderRef, life.AttentionCall {}
