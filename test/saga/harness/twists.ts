import { Failure, refused, type OrderFailureType } from '../../../src/domain/failures.ts';
import type { Deed, Script } from './director.ts';
import type { Twist } from './stage.ts';

/** As if the other side had not answered: the attempt is over, whatever becomes of what it asked for. */
export function lost(what: string): Failure {
  return new Failure('ProviderUnavailable', what);
}

/** A mail whose reply is lost may come twice. */
const repeatable = (label: string) => {
  const [activity, kind] = label.split(' ');
  return { repeatableMails: activity === 'sendNotice' && kind !== undefined ? [kind] : [] };
};

/** The answer is no. */
export function refuses(label: string, type: OrderFailureType = 'StockTimedOut'): Twist {
  return () => ({
    scripts: { [label]: async () => Promise.reject(refused(type, 'refused on request')) },
    end: () => 'failed',
  });
}

export function failsThenWorks(label: string, times = 2): Twist {
  return () => ({
    scripts: {
      [label]: async ({ nth, act }) => {
        if (nth <= times) throw lost('failed on request');
        return act();
      },
    },
  });
}

export function losesItsReply(label: string): Twist {
  return () => ({ scripts: { [label]: onFirst(actAndLoseReply) }, ...repeatable(label) });
}

const twice: Script = async ({ act }) => {
  await act();
  return act();
};

export function runsTwice(label: string): Twist {
  return () => ({ scripts: { [label]: twice } });
}

const bothAtOnce: Script = async ({ act }) => {
  const results = await Promise.allSettled([act(), act()]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results[0].status === 'fulfilled' ? results[0].value : undefined;
};

/** Two attempts at once, as when one is given up although it still runs. */
export function runsBesideItself(label: string): Twist {
  return () => ({ scripts: { [label]: onFirst(bothAtOnce) }, ...repeatable(label) });
}

/** What has worked once is done again long after it mattered. */
export function runsAgainAfterTheEnd(label: string): Twist {
  return () => {
    const done: Deed[] = [];
    const remember: Script = async (deed) => {
      done.push(deed);
      return deed.act();
    };
    return {
      scripts: { [label]: remember },
      afterwards: async () => {
        for (const { act } of done) await act().catch(ignore);
      },
    };
  };
}

/** Plays the first deed of a label one way and lets the others be. */
export function onFirst(script: Script): Script {
  return async (deed) => (deed.nth === 1 ? script(deed) : deed.act());
}

export const actAndLoseReply: Script = async ({ act, label }) => {
  await act();
  throw lost(`the reply to ${label} was lost`);
};

/** Whoever acts late learns that it is too late; nobody listens any more. */
export function ignore(): void {}
