/** A worker of BullMQ's, in a process of its own as the service's are. */
import { Worker, type Job } from 'bullmq';
import { execute } from '../../../src/db/pool.ts';
import { barePool } from '../../bare-temporal/database.ts';
import { kinds, type Kind } from '../kinds.ts';
import { slots } from '../slots.ts';
import { sqlWork } from '../sql-work.ts';

/** What the parent says in the first argument. */
export interface BullWorkerPlan {
  readonly redisPort: number;
  readonly databaseUrl: string;
}

const { redisPort: port, databaseUrl }: BullWorkerPlan = JSON.parse(process.argv[2] ?? '');
const pool = barePool(databaseUrl, slots.connections);

const handlers: Readonly<Record<Kind, (job: Job<{ n: number }>) => Promise<unknown>>> = {
  'no-op': async () => undefined,
  sql: async ({ data }) => execute(pool, sqlWork(data.n)),
};

process.once('disconnect', () => process.exit(0)); // Nobody is left to measure.
const connection = { host: '127.0.0.1', port };
const workers = kinds.map(
  (kind) => new Worker(kind, handlers[kind], { connection, concurrency: slots.atOnce }),
);
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
process.send?.('ready');
