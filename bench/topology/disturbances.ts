import { setTimeout as pause } from 'node:timers/promises';
import { duration } from '../shop/figures.ts';
import type { Linked, Shop } from '../shop/open-shop.ts';

/** Something that happens to a process or to a connection. */
export interface Disturbance {
  readonly name: string;
  /** The process that dies, where one does. */
  readonly victim?: string;
  /** Does it; resolves when what was hit is back. */
  readonly strike: (shop: Shop) => Promise<unknown>;
}

const titles: Readonly<Record<Linked, string>> = { postgres: 'Postgres', temporal: 'Temporal' };

/** The service's own processes. */
export function processesOf(apis: number, workers: number): string[] {
  return [...numbered('api', apis), ...numbered('worker', workers)];
}

/** SIGKILL to each of these and of the servers in turn, then each way between them cut. */
export function disturbances(processes: readonly string[], silentMs: number): Disturbance[] {
  const victims = [...processes, 'temporal', 'postgres'];
  const cuts = (['postgres', 'temporal'] as const).flatMap((to) => [reset(to), silence(to, silentMs)]);
  return [...victims.map(killed), ...cuts];
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}

function killed(name: string): Disturbance {
  return { name: `SIGKILL ${name}`, victim: name, strike: ({ outages }) => outages.kill(name) };
}

function reset(to: Linked): Disturbance {
  return {
    name: `connections to ${titles[to]} reset`,
    strike: (shop) => losing(shop, to, async () => void shop.link(to).reset()),
  };
}

/** As when a cable is pulled and plugged in again. */
function silence(to: Linked, silentMs: number): Disturbance {
  return {
    name: `${titles[to]} silent for ${duration(silentMs)}`,
    strike: (shop) =>
      losing(shop, to, async () => {
        shop.link(to).silence();
        await pause(silentMs);
        shop.link(to).mend();
      }),
  };
}

/** Without its database a worker cannot write down what it has heard. */
async function losing(shop: Shop, to: Linked, work: () => Promise<void>): Promise<void> {
  await (to === 'postgres' ? shop.outages.losing(work) : work());
}
