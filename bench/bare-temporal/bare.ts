import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { loadConfig } from '../../src/config/config.ts';
import type { Shop } from '../shop/open-shop.ts';
import { barePool, makeBareDatabase } from './database.ts';
import type { BareWorkerPlan } from './worker.ts';

/** Bare workflows beside a shop: on its Temporal and its Postgres, with as many workers. */
export interface BareTemporal {
  readonly databaseUrl: string;
  readonly pool: Pool;
  /** The workers' process ids, by name. */
  readonly workers: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const connections = 4;

export async function openBareTemporal({ constellation }: Shop, workers: number): Promise<BareTemporal> {
  const databaseUrl = await makeBareDatabase(constellation.urls.database);
  const { worker: tuning, database, temporal } = loadConfig(constellation.variables);
  const { address, namespace } = temporal;
  const { orders } = tuning.queues;
  if (!orders) throw new Error('the workers of the shop serve no orders');
  const plan = { databaseUrl, poolSize: database.poolSize, address, namespace, tuning, orders };
  const children = await Promise.all(Array.from({ length: workers }, () => startWorker(plan)));
  const pool = barePool(databaseUrl, connections);
  return {
    databaseUrl,
    pool,
    workers: Object.fromEntries(children.map(({ pid }, at) => [`bare worker ${at + 1}`, pid ?? 0])),
    async close() {
      await pool.end();
      for (const child of children) {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }
    },
  };
}

async function startWorker(plan: BareWorkerPlan): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(plan)]);
  const died = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`a bare worker ended with ${String(code)}`)),
  );
  await Promise.race([once(child, 'message'), died]);
  died.catch(() => undefined); // At the end it dies because it is told to.
  return child;
}
