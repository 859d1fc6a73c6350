import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FromWorker, ToWorker } from '../../support/crashing-worker.ts';

/** A worker's process that stops dead where it is told to, and is killed there. */
export interface DoomedWorker {
  tell(message: ToWorker): void;
  /** Resolves when the work of each of these orders has stopped at its point. */
  untilReached(orderIds: readonly string[]): Promise<void>;
  /** Resolves when each of these orders waits for the others. */
  untilHeld(orderIds: readonly string[]): Promise<void>;
  /** SIGKILL: nothing of it is left when this resolves. */
  kill(): Promise<void>;
}

const program = join(import.meta.dirname, '../../support/crashing-worker.ts');
const lookEveryMs = 10;
const giveUpAfterMs = 90_000;

export async function startDoomedWorker(variables: Readonly<Record<string, string>>): Promise<DoomedWorker> {
  const child = fork(program, [], {
    execArgv: [],
    env: { ...process.env, ...variables },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ready = new Set<string>();
  const held = new Set<string>();
  const reached = new Set<string>();
  const told = new Map<string, string>();
  child.on('message', (message: FromWorker) => {
    if ('ready' in message) ready.add('worker');
    else if ('held' in message) held.add(message.held);
    else reached.add(message.reached);
  });
  await all(child, ready, ['worker']);
  return {
    tell(message) {
      if ('point' in message) told.set(message.orderId, `${message.point.when} ${message.point.label}`);
      child.send(message);
    },
    untilReached: (orderIds) => all(child, reached, orderIds, told),
    untilHeld: (orderIds) => all(child, held, orderIds, told),
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function all(
  child: ChildProcess,
  seen: ReadonlySet<string>,
  awaited: readonly string[],
  told: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const giveUpAt = Date.now() + giveUpAfterMs;
  while (!awaited.every((one) => seen.has(one))) {
    const missing = awaited.filter((one) => !seen.has(one));
    if (child.exitCode !== null) throw new Error(`the doomed worker ended with ${child.exitCode}`);
    if (Date.now() > giveUpAt)
      throw new Error(`did not get there: ${missing.map((one) => told.get(one) ?? one).join(', ')}`);
    await pause(lookEveryMs);
  }
}
