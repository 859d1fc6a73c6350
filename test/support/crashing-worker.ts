/**
 * A worker's process that goes on until it reaches the points it was told of, and there stops dead: the work of each
 * order is frozen in the midst of a deed, until somebody kills the process or has it go on. It talks with its parent over
 * IPC.
 */
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { Director, type Script, type Scripts } from '../saga/harness/director.ts';
import { lost, onFirst } from '../saga/harness/twists.ts';
import { quietTemporal } from './quiet-temporal.ts';

/** Where an order's work stops: before a deed, while its request is on the way, or after it. */
export interface CrashPoint {
  readonly label: string;
  readonly when: 'before' | 'under way' | 'after';
}

/**
 * What the parent says: an order's point, and where it waits for the others before it goes there; that they go there; that
 * what has stopped goes on.
 */
export type ToWorker =
  | {
      readonly orderId: string;
      readonly point: CrashPoint;
      readonly holdAfter: string | null;
      /** A deed that never works in this process. */
      readonly failing?: string;
    }
  | { readonly go: true }
  | { readonly goOn: true };

/** What the worker says: it runs; an order waits for the others; an order is at its point. */
export type FromWorker = { readonly ready: true } | { readonly held: string } | { readonly reached: string };

/** A request is given this long by our own patience, so that it never seems to have got no answer. */
const requestLastsMs = 300;

const director = new Director();
const go = Promise.withResolvers<void>();
const goOn = Promise.withResolvers<void>();

function say(message: FromWorker): void {
  process.send?.(message);
}

function failing(label: string | undefined): Scripts {
  return label === undefined ? {} : { [label]: async () => Promise.reject(lost('never works here')) };
}

function scriptsFor({
  orderId,
  point: { label, when },
  holdAfter,
}: Extract<ToWorker, { readonly point: CrashPoint }>): Scripts {
  const stop = (): Promise<void> => {
    say({ reached: orderId });
    return goOn.promise;
  };
  const crash: Script = async ({ act }) => {
    if (when === 'before') {
      await stop();
      return act();
    }
    const acted = act();
    if (when === 'after') await acted;
    else acted.catch(() => undefined); // It may fail before somebody asks.
    await stop();
    return acted;
  };
  const hold: Script = async ({ act }) => {
    const result = await act();
    say({ held: orderId });
    await go.promise;
    return result;
  };
  return { [label]: onFirst(crash), ...(holdAfter !== null && { [holdAfter]: hold }) };
}

// Nobody is left to kill it.
process.once('disconnect', () => process.exit(1));

process.on('message', (message: ToWorker) => {
  if ('go' in message) go.resolve();
  else if ('goOn' in message) goOn.resolve();
  else director.direct(message.orderId, { ...failing(message.failing), ...scriptsFor(message) });
});

quietTemporal();
const config = loadConfig(process.env);
const context = createContext(config, 'worker');
const parts = workerParts(context);
const workers = await createQueueWorkers(
  ['orders', 'notices'],
  { ...parts, ...director.wrap(parts), providerTimeoutMs: requestLastsMs },
  [],
  {
    ...workerSettings(context, await connectWorker(config.temporal)),
    innerInterceptors: [director.intercept],
  },
);
say({ ready: true });
await Promise.all(workers.map((worker) => worker.run()));
