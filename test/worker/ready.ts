import { vi } from 'vitest';
import type { Spawned } from './spawned.ts';

/** A machine that is busy with other tests starts a worker slowly. */
export const started = { timeout: 60_000 };

/** Asks the worker's own HTTP server; status 0 while there is none. */
export async function ask(worker: Spawned, path: string): Promise<{ status: number; body: string }> {
  const line = worker.lines.find(({ event }) => event === 'starting');
  if (!line) return { status: 0, body: '' };
  const response = await fetch(`http://127.0.0.1:${Number(line['port'])}${path}`);
  return { status: response.status, body: await response.text() };
}

/** Resolves when the worker's process takes tasks. */
export async function untilReady(worker: Spawned): Promise<void> {
  await vi.waitFor(
    async () => {
      const { status, body } = await ask(worker, '/readyz');
      if (status !== 200) throw new Error(`${status} ${body}`);
    },
    { ...started, interval: 100 },
  );
}
