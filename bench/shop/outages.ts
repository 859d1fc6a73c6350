import type { Constellation } from '../../dev/constellation.ts';
import { until } from './wait.ts';

/** A time, in milliseconds since the epoch, in which what a process was told may have been lost. */
export interface Loss {
  readonly fromMs: number;
  toMs: number;
  /** The one workflow that was told; any where it is absent. */
  readonly workflowId?: string;
}

/** Takes parts of the constellation away, and remembers when. */
export interface Outages {
  /** When workers were killed or without their database: nothing that they then heard was sure to be kept. */
  readonly losses: readonly Loss[];
  /** Remembers the time that `work` takes as one in which what workers hear may not be kept. */
  losing<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Remembers what else may have been lost. */
  note(...further: readonly Loss[]): void;
  /** Kills a part with SIGKILL; resolves when it has been started again and is ready. Gives how long that took, in ms. */
  kill(name: string): Promise<number>;
  /** Kills a part with SIGKILL and keeps it away until `restore`. */
  crash(name: string): Promise<void>;
  restore(name: string): Promise<void>;
}

const returnTimeoutMs = 120_000;
/** The parts in whose deaths a mail server's reply can get lost. */
const losesReplies = /^(worker-\d+|postgres)$/;

export function createOutages({ part }: Pick<Constellation, 'part'>): Outages {
  const losses: Loss[] = [];

  async function losing<Result>(work: () => Promise<Result>): Promise<Result> {
    const loss: Loss = { fromMs: Date.now(), toMs: Infinity };
    losses.push(loss);
    const result = await work();
    loss.toMs = Date.now();
    return result;
  }

  async function killed(name: string): Promise<number> {
    const victim = part(name);
    const { pid } = victim;
    const startedMs = performance.now();
    victim.kill('SIGKILL');
    const isBack = async () => (victim.isReady && victim.pid !== pid) || undefined;
    await until(`${name} is back`, returnTimeoutMs, isBack);
    return performance.now() - startedMs;
  }

  return {
    losses,
    losing,
    note: (...further) => void losses.push(...further),
    kill: (name) => (losesReplies.test(name) ? losing(() => killed(name)) : killed(name)),
    async crash(name) {
      part(name).kill('SIGKILL');
      await part(name).stop();
    },
    restore: (name) => part(name).start(),
  };
}
