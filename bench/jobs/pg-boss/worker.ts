/** A worker of pg-boss's, in a process of its own as the service's are; it begins and rests when it is told to. */
import { PgBoss, type Job } from 'pg-boss';
import { execute } from '../../../src/db/pool.ts';
import { barePool } from '../../bare-temporal/database.ts';
import type { Kind } from '../kinds.ts';
import { slots } from '../slots.ts';
import { sqlWork } from '../sql-work.ts';
import { bossOptions } from './options.ts';

/** What the parent says in the first argument, and then what it is to do. */
export interface BossWorkerPlan {
  readonly databaseUrl: string;
}
export interface BossOrder {
  readonly queue: Kind;
  readonly work: boolean;
}

const { databaseUrl }: BossWorkerPlan = JSON.parse(process.argv[2] ?? '');
const pool = barePool(databaseUrl, slots.connections);
const boss = new PgBoss(bossOptions(databaseUrl, slots.ownConnections));

const handlers: Readonly<Record<Kind, (job: Job<{ n: number }>) => Promise<unknown>>> = {
  'no-op': async () => undefined,
  sql: async ({ data }) => execute(pool, sqlWork(data.n)),
};

/** As many at a time as there are slots, the next ones at once while there are as many; each is settled by itself. */
const options = {
  batchSize: slots.atOnce,
  burstWhenBatchFull: true,
  perJobResults: true,
  pollingIntervalSeconds: 0.5,
} as const;

async function follow({ queue, work }: BossOrder): Promise<void> {
  if (!work) return boss.offWork(queue);
  const handle = handlers[queue];
  await boss.work(queue, options, async (jobs: Job<{ n: number }>[]) => {
    await Promise.all(jobs.map(handle));
    return jobs.map(({ id }) => ({ id, status: 'completed' }));
  });
}

process.once('disconnect', () => process.exit(0)); // Nobody is left to measure.
process.on('message', (order: BossOrder) => void follow(order).then(() => process.send?.('done')));
boss.on('error', (error) => console.error(error));
await boss.start();
process.send?.('ready');
