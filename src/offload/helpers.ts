import { startHelper, type Helper } from './helper.ts';
import type { InputOf, Methods, OutputOf } from './messages.ts';

export interface HelpersConfig {
  /** What a helper runs: a file of ours that calls `serve`. */
  readonly module: URL;
  /** Helpers at once; who comes when all are taken waits for one. */
  readonly atMost: number;
  /** JavaScript's memory in each of them, in megabytes; beyond it the helper dies, and nothing else. */
  readonly maxHeapMb: number;
  /** How long it may take until a helper can be asked, in milliseconds. */
  readonly startTimeoutMs: number;
  /** How long one question may take, in milliseconds. */
  readonly answerTimeoutMs: number;
  /** How long a helper that has nothing to do is kept, in milliseconds. */
  readonly idleMs: number;
}

/** Asks a helper for something; questions that are asked one after the other go to the same process. */
export type Ask<M extends Methods> = <Name extends keyof M & string>(
  method: Name,
  input: InputOf<M, Name>,
) => Promise<OutputOf<M, Name>>;

/**
 * Processes that do what would hold up the event loop: decode images, write documents. They start when they are needed, and
 * end when they are not.
 */
export interface Helpers<M extends Methods> {
  /**
   * Lends a helper for as long as `work` takes. When it throws, or when `signal` is aborted, the helper is killed in the
   * midst of whatever it does; what is thrown is then what `signal` was aborted with.
   */
  use<T>(work: (ask: Ask<M>) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Kills all of them, and waits until they are gone. */
  close(): Promise<void>;
}

export function createHelpers<M extends Methods>(config: HelpersConfig): Helpers<M> {
  const { module, atMost, maxHeapMb, startTimeoutMs, answerTimeoutMs, idleMs } = config;
  const all = new Set<Helper>();
  const idle: { readonly helper: Helper; readonly timer: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  let lent = 0;
  let closed = false;

  /** For whoever has a turn. It may be about to start. */
  function borrow(): Helper {
    if (closed) throw new Error('the helpers are closed');
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      clearTimeout(free.timer);
      if (free.helper.alive) return free.helper;
    }
    const made = startHelper(module, maxHeapMb);
    all.add(made);
    void made.ended.then(() => all.delete(made));
    return made;
  }

  async function turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (lent < atMost) {
      lent += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** To whoever waits longest, if anybody does. */
  function giveTurn(): void {
    const next = waiting.shift();
    if (next) next();
    else lent -= 1;
  }

  function keep(helper: Helper): void {
    const timer = setTimeout(() => helper.kill(), idleMs);
    timer.unref();
    idle.push({ helper, timer });
  }

  /** The helper is kept only where all went well. */
  async function lend<T>(helper: Helper, work: (ask: Ask<M>) => Promise<T>, signal: AbortSignal): Promise<T> {
    const stop = () => helper.kill();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await within(helper, helper.ready, startTimeoutMs, 'its start');
      const result = await work((method, input) => ask(helper, method, input, answerTimeoutMs));
      signal.throwIfAborted();
      keep(helper);
      return result;
    } catch (error) {
      helper.kill();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    async use(work, signal = new AbortController().signal) {
      await turn(signal);
      try {
        signal.throwIfAborted();
        return await lend(borrow(), work, signal);
      } finally {
        giveTurn();
      }
    },

    async close() {
      closed = true;
      const leaving = [...all];
      for (const helper of leaving) helper.kill();
      await Promise.all(leaving.map((helper) => helper.ended));
    },
  };
}

async function ask<T>(helper: Helper, method: string, input: unknown, timeoutMs: number): Promise<T> {
  // What a method gives is said by its type, which the process that answers has in common with us.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await within(helper, helper.ask(method, input), timeoutMs, method)) as T;
}

/** What a helper owes us, or the end of it. */
async function within<T>(helper: Helper, owed: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    helper.kill();
  }, timeoutMs);
  try {
    return await owed;
  } catch (error) {
    throw late ? new Error(`a helper took more than ${timeoutMs} ms for ${what}`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}
