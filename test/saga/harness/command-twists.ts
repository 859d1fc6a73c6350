import type { SagaStep } from './saga-steps.ts';
import type { Script } from './director.ts';
import { hasEnded } from '../../../src/domain/order.ts';
import { nudged } from './nudge.ts';
import type { StagedOrder, Stage, Turn, Twist } from './stage.ts';
import { actAndLoseReply, lost, onFirst } from './twists.ts';

/**
 * The customer cancels while a deed is under way, and the workflow has heard of it before the deed goes on. Where the
 * cancel comes too late (409), the order ends as it would have.
 */
export function cancelledDuring(label: string, side: 'before' | 'after'): Twist {
  return (order, stage, story) => {
    let status = 0;
    const complaints: string[] = [];
    const cancel = async (local: boolean): Promise<void> => {
      status = await stage.shop.cancel(order.id);
      // A local activity ends before its workflow can hear of anything; a run that unwinds has heard of it.
      if (status !== 202 || local || story.end === 'cancelled') return;
      await nudged(stage, order.id).catch((error: Error) => complaints.push(error.message));
    };
    const script: Script = async ({ act, local }) => {
      if (side === 'before') await cancel(local);
      const result = await act();
      if (side === 'after') await cancel(local);
      return result;
    };
    return {
      scripts: { [label]: onFirst(script) },
      complaints,
      end: () => (status === 202 ? 'cancelled' : story.end),
    };
  };
}

/** How a step that keeps failing does it: it does nothing, or it acts and is never heard of. */
export const troubles = ['never acts', 'never answers'] as const;
export type Trouble = (typeof troubles)[number];

/** A step keeps failing until an operator is called, who has it repaired and tried again. */
export function stuckUntilRetried(label: string, attentionStep: string, trouble: Trouble): Twist {
  return (order, stage) => {
    const { scripts, heal } = stuck(label, trouble);
    return {
      scripts,
      async meanwhile() {
        await expectAttention(order, stage, attentionStep);
        heal();
        await retryUntilItEnds(order, stage);
      },
    };
  };
}

/** A step keeps failing until an operator is called; the customer cancels instead of waiting. */
export function stuckUntilCancelled({ run, name }: SagaStep, trouble: Trouble): Twist {
  return (order, stage) => ({
    scripts: stuck(run, trouble).scripts,
    async meanwhile() {
      await expectAttention(order, stage, name);
      const status = await stage.shop.cancel(order.id);
      if (status !== 202) throw new Error(`the cancel was answered with ${status}`);
    },
    end: () => 'cancelled',
  });
}

export function stuck(
  label: string,
  trouble: Trouble,
): Required<Pick<Turn, 'scripts'>> & { heal: () => void } {
  let healed = false;
  const script: Script = async (deed) => {
    if (healed) return deed.act();
    if (trouble === 'never answers') return actAndLoseReply(deed);
    throw lost('fails for ever');
  };
  return {
    scripts: { [label]: script },
    heal() {
      healed = true;
    },
  };
}

/**
 * An operator who sees to the order whenever it asks: once, as a rule, and again where a workflow task was lost after
 * the operator's word had come.
 */
export async function retryUntilItEnds({ id }: StagedOrder, { watch, shop }: Stage): Promise<void> {
  for (;;) {
    const { status } = await watch.until(
      id,
      'needing attention, or its end',
      (order) => hasEnded(order.status) || order.attentionStep !== null,
    );
    if (hasEnded(status)) return;
    await shop.retry(id);
  }
}

/** Waits until the order needs attention, and checks that `GET /orders/{id}` says why. */
export async function expectAttention(
  { id }: StagedOrder,
  { watch, shop }: Stage,
  step: string,
): Promise<void> {
  await watch.until(id, `attention for ${step}`, ({ attentionStep }) => attentionStep === step);
  const { needsAttention, waitingOn } = await shop.read(id);
  if (needsAttention?.step !== step || needsAttention.reason === '' || waitingOn !== 'operator')
    throw new Error(`the order does not say what is wrong: ${JSON.stringify({ needsAttention, waitingOn })}`);
}
