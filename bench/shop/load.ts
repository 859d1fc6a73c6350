import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Heard } from './heard.ts';

export interface LoadPlan {
  /** Customers go from one to the next. */
  readonly apiUrls: readonly string[];
  readonly sku: string;
  readonly perSecond: number;
}

/** One try of a customer to place their order. */
export interface Try extends Heard {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** One customer, who has insisted under one key until the order was accepted. */
export interface Buyer {
  readonly tries: readonly Try[];
}

/** Customers who come at a steady pace, each of whom insists. */
export interface Load {
  /** How many have come so far. */
  readonly arrived: number;
  /** Resolves when that many more have come; rejects when the load has broken down. */
  more(count: number): Promise<void>;
  /** Nobody comes any more; resolves with everybody when the last one has an order. */
  stop(): Promise<readonly Buyer[]>;
}

/** What the process says: somebody has come; or, at last, everybody. */
export type FromLoad = { readonly arrived: number } | { readonly buyers: readonly Buyer[] };

/** Starts customers in a process of its own. */
export function startLoad(plan: LoadPlan): Load {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), [JSON.stringify(plan)]);
  const { promise: buyers, resolve, reject } = Promise.withResolvers<readonly Buyer[]>();
  let waiters: { readonly until: number; readonly resolve: () => void }[] = [];
  let arrived = 0;

  child.on('message', (message: FromLoad) => {
    if ('buyers' in message) return resolve(message.buyers);
    arrived = message.arrived;
    for (const waiter of waiters) if (waiter.until <= arrived) waiter.resolve();
    waiters = waiters.filter(({ until }) => until > arrived);
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the load has ended with ${code}`)));
  buyers.catch(() => undefined); // Told to whoever waits.

  return {
    get arrived() {
      return arrived;
    },
    async more(count) {
      const enough = new Promise<void>((come) => waiters.push({ until: arrived + count, resolve: come }));
      await Promise.race([enough, buyers]);
    },
    stop() {
      child.send('stop');
      return buyers;
    },
  };
}
