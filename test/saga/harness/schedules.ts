import { refused } from '../../../src/domain/failures.ts';
import { createChance, type Chance } from './chance.ts';
import type { Script, Scripts } from './director.ts';
import { actions } from './saga-steps.ts';
import type { StagedOrder, Stage, Turn, Twist } from './stage.ts';
import { actAndLoseReply, ignore, lost } from './twists.ts';

/** How likely a deed of a schedule goes wrong, the first time and the times after. */
const mishapProbability = 0.35;
const refusalProbability = 0.08;
const cancelProbability = 0.12;

const mishaps = ['fails', 'loses its reply', 'runs twice', 'lands late'] as const;

/** What one order goes through, drawn from a seed: the same seed gives the same schedule. */
export function scheduleOf(seed: number, labels: readonly string[]): Twist {
  return (order, stage, story) => {
    const chance = createChance(seed);
    const drawn = labels.map((label) => draw(chance, label));
    const late: (() => Promise<unknown>)[] = [];
    const state = { cancelled: false, refused: false };
    const scripts: Scripts = Object.fromEntries(
      labels.map((label, at) => [label, play(drawn[at] ?? nothing, { order, stage, late, state })]),
    );
    const turn: Turn = {
      scripts,
      repeatableMails: labels.flatMap((label) => label.split(' ').slice(1)),
      afterwards: async () => {
        for (const land of late) await land().catch(ignore);
      },
      end: () => (state.cancelled ? 'cancelled' : state.refused ? 'failed' : story.end),
    };
    return turn;
  };
}

interface Drawn {
  readonly mishaps: readonly (typeof mishaps)[number][];
  readonly refusal: boolean;
  readonly cancel: 'before' | 'after' | null;
}

const nothing: Drawn = { mishaps: [], refusal: false, cancel: null };

function draw(chance: Chance, label: string): Drawn {
  const times = [chance.happens(mishapProbability), chance.happens(mishapProbability / 2)];
  return {
    mishaps: times.filter(Boolean).map(() => chance.pick(mishaps)),
    refusal: chance.happens(refusalProbability) && actions.has(label),
    cancel: chance.happens(cancelProbability) ? chance.pick(['before', 'after']) : null,
  };
}

/** Once the money is taken the carrier may have the parcel; Stripe does not refuse then what it has done. */
function mayBeHandedOver(label: string, earlier: Drawn['mishaps']): boolean {
  return label === 'capturePayment' && earlier.includes('loses its reply');
}

interface Play {
  readonly order: StagedOrder;
  readonly stage: Stage;
  readonly late: (() => Promise<unknown>)[];
  readonly state: { cancelled: boolean; refused: boolean };
}

/** The first attempts go as drawn; the last one is refused, or works. */
function play(drawn: Drawn, { order, stage, late, state }: Play): Script {
  const cancel = async (when: Drawn['cancel']): Promise<void> => {
    if (drawn.cancel === when && (await stage.shop.cancel(order.id)) === 202) state.cancelled = true;
  };
  return async (deed) => {
    const { label, nth, act } = deed;
    if (nth === 1) await cancel('before');
    const result = await meet(drawn.mishaps[nth - 1]);
    if (nth === 1) await cancel('after');
    return result;

    async function meet(mishap: Drawn['mishaps'][number] | undefined): Promise<unknown> {
      switch (mishap) {
        case 'fails':
          throw lost('failed on request');
        case 'loses its reply':
          return actAndLoseReply(deed);
        case 'runs twice':
          await act();
          return act();
        case 'lands late':
          late.push(act);
          throw lost('timed out');
        case undefined:
          if (!drawn.refusal || mayBeHandedOver(label, drawn.mishaps.slice(0, nth - 1))) return act();
          state.refused = true;
          throw refused('StockTimedOut', 'refused on request');
        default:
          return mishap satisfies never;
      }
    }
  };
}
