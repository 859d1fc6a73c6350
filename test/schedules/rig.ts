import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { scheduledTypes } from '../../src/activities/jobs/schedules.ts';
import { createScheduleLook, lookAtSchedules } from '../../src/activities/reconcile/schedules.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import { transaction } from '../../src/db/pool.ts';
import { overrideSchedule } from '../../src/db/schedules/schedules.ts';
import type { ScheduleSettings } from '../../src/domain/schedule.ts';
import { ensureJobSchedule } from '../../src/temporal/job-schedules.ts';
import { readyTemporal } from '../../src/temporal/ready.ts';
import { createSchedules } from '../../src/temporal/schedules.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { createTestDatabase } from '../support/database.ts';
import { preparedCode } from '../support/prepared-code.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';

/** A tick as it stands in the database. */
export interface TickRow {
  readonly tick: string;
  readonly outcome: string;
  readonly cause: string;
  readonly job: string | null;
}

/** Workers as shipped on a database and a Temporal namespace of their own; nothing takes up the jobs that are made. */
export interface ScheduleRig {
  readonly pool: Pool;
  readonly client: Client;
  readonly context: Context;
  /** What a process of the service needs in its environment to take part. */
  readonly variables: Readonly<Record<string, string>>;
  /** A schedule as an operator would make it, in Postgres and in Temporal. */
  set(id: string, jobType: string, settings: Partial<ScheduleSettings>): Promise<ScheduleSettings>;
  /** Has Temporal call for all that was due in this span, as if it were due now. */
  callFor(id: string, from: string, to: string): Promise<void>;
  /** What came of a schedule's ticks, in the order in which they were due. */
  ticks(id: string): Promise<TickRow[]>;
  /** The reconciler's look, made by this process; as if it were made at another time where one is given. */
  look(then?: Date): Promise<number>;
  close(): Promise<void>;
}

const plain: ScheduleSettings = {
  cron: '0 2 * * *',
  timeZone: 'UTC',
  overlap: 'allow_all',
  catchUpMs: 60 * 60 * 1_000,
  skipDates: [],
  input: {},
};

export async function startScheduleRig(workers: number): Promise<ScheduleRig> {
  quietTemporal();
  const [database, temporal] = await Promise.all([createTestDatabase(), connectToTemporal('own')]);
  const variables = variablesOf(database.url, temporal);
  const context = createContext(loadConfig(variables), 'worker');
  const { client } = context.temporal;
  await readyTemporal(client.connection, temporal.namespace, context.logger);
  const made = (
    await Promise.all(Array.from({ length: workers }, () => workersOf(context, temporal)))
  ).flat();
  const runs = made.map((worker) => worker.run());
  return {
    pool: database.pool,
    client,
    context,
    variables,
    async set(id, jobType, settings) {
      const whole = { ...plain, ...settings };
      const change = { id, jobType, settings: whole, changedBy: 'test' };
      await transaction(database.pool, (tx) => overrideSchedule(tx, change));
      await ensureJobSchedule(client, { id, settings: whole, pauseNote: null });
      return whole;
    },
    async callFor(id, from, to) {
      await client.schedule
        .getHandle(id)
        .backfill({ start: new Date(from), end: new Date(to), overlap: 'ALLOW_ALL' });
    },
    async ticks(id) {
      const { rows } = await database.pool.query<TickRow>(
        `select tick, outcome, cause, job_id as job from schedule_ticks where schedule_id = $1 order by due_at, tick`,
        [id],
      );
      return rows;
    },
    look(then) {
      const { pool, events } = context;
      const ctx = { pool, events, scheduledTypes, schedules: createSchedules(context.temporal) };
      return then ? lookAtSchedules(ctx, then) : createScheduleLook(ctx).reconcileSchedules();
    },
    async close() {
      for (const worker of made) worker.shutdown();
      await Promise.all(runs);
      await context.close();
      await temporal.close();
      await database.drop();
    },
  };
}

function variablesOf(databaseUrl: string, { address, namespace }: TestTemporal): Record<string, string> {
  return {
    ...preparedCode,
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    LOG_FORMAT: 'json',
    BUILD_ID: 'test',
    SHUTDOWN_GRACE_MS: '2000',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '10',
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    STRIPE_API_KEY: 'sk_test_none',
    STRIPE_WEBHOOK_SECRET: 'whsec_none',
    EASYPOST_API_KEY: 'none',
    EASYPOST_WEBHOOK_SECRET: 'none',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'orders@shop.example',
  };
}

async function workersOf(context: Context, { connection }: TestTemporal): Promise<Worker[]> {
  const { config, dataConverter } = context;
  const identity = `${context.identity} ${crypto.randomUUID()}`;
  const settings = workerSettings({ config, dataConverter, identity }, connection);
  return createQueueWorkers(['orders', 'maintenance'], workerParts(context), [], settings);
}

let isQuiet = false;

function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}
