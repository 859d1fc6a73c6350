import type { Constellation } from '../../dev/constellation.ts';
import { until } from './wait.ts';

/** A time, in milliseconds since the epoch, in which what a process was told may have been lost. */
export interface Loss {
  readonly fromMs: number;
  toMs: number;
}

/** Takes parts of the constellation away, and remembers when. */
export interface Outages {
  /** When workers or their database were killed: until they ran again nothing that they had heard was sure to be kept. */
  readonly losses: readonly Loss[];
  /** Kills a part with SIGKILL; resolves when it has been started again and is ready. Gives how long that took, in ms. */
  kill(name: string): Promise<number>;
  /** Kills a part with SIGKILL and keeps it away until `restore`. */
  crash(name: string): Promise<void>;
  restore(name: string): Promise<void>;
}

const returnTimeoutMs = 120_000;
/** The parts in whose deaths a mail server's reply can get lost. */
const losesReplies = /^(worker-\d|postgres)$/;

export function createOutages({ part }: Pick<Constellation, 'part'>): Outages {
  const losses: Loss[] = [];

  async function noting<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const loss: Loss = { fromMs: Date.now(), toMs: Infinity };
    if (losesReplies.test(name)) losses.push(loss);
    const result = await work();
    loss.toMs = Date.now();
    return result;
  }

  return {
    losses,
    kill: (name) =>
      noting(name, async () => {
        const killed = part(name);
        const { pid } = killed;
        const startedMs = performance.now();
        killed.kill('SIGKILL');
        const isBack = async () => (killed.isReady && killed.pid !== pid) || undefined;
        await until(`${name} is back`, returnTimeoutMs, isBack);
        return performance.now() - startedMs;
      }),
    async crash(name) {
      part(name).kill('SIGKILL');
      await part(name).stop();
    },
    restore: (name) => part(name).start(),
  };
}
