import { refused } from '../../../src/domain/failures.ts';
import type { Script, Scripts } from './director.ts';
import { steps, type SagaStep } from './saga-steps.ts';
import type { Twist } from './stage.ts';
import { ignore, lost } from './twists.ts';

/** Where the first attempt of a step hangs: before it has done anything, or at a call of a provider. */
export type HangsAt = 'the start' | { readonly call: string; readonly side: 'before' | 'after' };

/** What becomes of the order while that attempt hangs. */
export const fates = ['cancelled', 'refused', 'retried'] as const;
export type Fate = (typeof fates)[number];

/** When the attempt goes on after all. */
export const landings = ['as the unwinding begins', 'beside its undo', 'after the end'] as const;
export type Landing = (typeof landings)[number];

/**
 * The first attempt of a step times out and goes on hanging. The order is cancelled while the step backs off, or its
 * second attempt is refused or works; at last the first one lands.
 */
export function landsLate(step: SagaStep, at: HangsAt, fate: Fate, landing: Landing): Twist {
  return (order, { shop }) => {
    const hung = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const triedAgain = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();

    const hang = async (): Promise<void> => {
      hung.resolve();
      await released.promise;
    };
    const land = async (): Promise<void> => {
      released.resolve();
      await late.catch(ignore);
    };
    const run: Script = async ({ nth, act }) => {
      if (nth === 1) {
        late = at === 'the start' ? hang().then(act) : act();
        late.catch(ignore);
        await Promise.race([hung.promise, late]);
        throw lost('timed out');
      }
      triedAgain.resolve();
      if (fate === 'retried') return act();
      throw fate === 'refused' ? refused('StockTimedOut', 'refused on request') : lost('still away');
    };
    return {
      scripts: { [step.run]: run, ...hangingCall(at, hang), ...landingIn(landing, step, land) },
      async meanwhile() {
        await triedAgain.promise;
        if (fate === 'cancelled') await shop.cancel(order.id);
      },
      afterwards: land,
      end: () => (fate === 'cancelled' ? 'cancelled' : fate === 'refused' ? 'failed' : 'completed'),
    };
  };
}

/** The call hangs the first time it is made. */
function hangingCall(at: HangsAt, hang: () => Promise<void>): Scripts {
  if (at === 'the start') return {};
  const script: Script = async ({ nth, act }) => {
    if (nth > 1) return act();
    if (at.side === 'before') await hang();
    const result = await act();
    if (at.side === 'after') await hang();
    return result;
  };
  return { [at.call]: script };
}

function landingIn(landing: Landing, step: SagaStep, land: () => Promise<void>): Scripts {
  if (landing === 'after the end') return {};
  if (landing === 'beside its undo') {
    return {
      [step.undo]: async ({ act }) => {
        const [undone] = await Promise.all([act(), land()]);
        return undone;
      },
    };
  }
  const first: Script = async ({ act }) => {
    await land();
    return act();
  };
  return Object.fromEntries(steps.map(({ undo }) => [undo, first]));
}
