import type { Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { RegisteredJob } from '../../src/activities/jobs/job-handler.ts';
import type { JobType } from '../../src/activities/jobs/job-type.ts';
import { createAccess } from '../../src/api/access/access.ts';
import { createApp } from '../../src/api/app.ts';
import { createLive } from '../../src/api/live/live.ts';
import { listen } from '../../src/api/http/server.ts';
import { settingsOf } from '../../src/api/settings.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import { enqueueJob, type NewJob } from '../../src/db/jobs/enqueue.ts';
import { transaction } from '../../src/db/pool.ts';
import { readJob, type WholeJob } from '../../src/db/jobs/read.ts';
import type { JobRules } from '../../src/domain/job-type.ts';
import type { JobStatus } from '../../src/domain/job.ts';
import { readyTemporal } from '../../src/temporal/ready.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { createCaller, type Call } from '../api/call.ts';
import { createTestDatabase } from '../support/database.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { preparedCode } from '../support/prepared-code.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';

/** The service as far as jobs go: API, dispatcher and a worker, on a database and a namespace of their own. */
export interface JobRig {
  readonly pool: Pool;
  readonly context: Context;
  readonly temporal: TestTemporal;
  readonly url: string;
  readonly call: Call;
  /** What a process of the service needs in its environment to take part. */
  readonly variables: Readonly<Record<string, string>>;
  /** Accepts a job and wakes the dispatcher; gives its id. */
  enqueue<Input>(type: JobRules<Input>, job: Omit<NewJob<NoInfer<Input>>, 'requestedBy'>): Promise<string>;
  read(jobId: string): Promise<WholeJob>;
  /** Waits until the job stands so. */
  until(jobId: string, ...statuses: JobStatus[]): Promise<WholeJob>;
  /** The types of the job's events, in their order. */
  eventsOf(jobId: string): Promise<string[]>;
  /** One more worker that runs, with handlers of others as well. */
  startWorker(...more: RegisteredJob[]): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

export interface JobRigOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether a worker runs in this process; true unless said otherwise. */
  readonly worker?: boolean;
  /** How long `until` waits, in milliseconds; as long as a test has unless said otherwise. */
  readonly patienceMs?: number;
  /** Types that the API knows as well, and workers do not. */
  readonly unhandled?: readonly JobType[];
}

export const rigVariables = {
  ...preparedCode,
  LOG_LEVEL: 'fatal',
  LOG_FORMAT: 'json',
  NODE_ENV: 'test',
  BUILD_ID: 'rig',
  STRIPE_API_KEY: 'sk_test_none',
  STRIPE_WEBHOOK_SECRET: 'whsec_none',
  EASYPOST_API_KEY: 'none',
  EASYPOST_WEBHOOK_SECRET: 'none',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'orders@shop.example',
  DATABASE_CONNECT_TIMEOUT_MS: '20000',
  DATABASE_STATEMENT_TIMEOUT_MS: '20000',
  SHUTDOWN_GRACE_MS: '2000',
  METRICS_PORT: '0',
  WORKER_WORKFLOW_THREADS: '1',
};

export async function startJobRig(
  registered: readonly RegisteredJob[],
  options: JobRigOptions = {},
): Promise<JobRig> {
  quietTemporal();
  const [database, temporal] = await Promise.all([createTestDatabase(), connectToTemporal('own')]);
  const variables = {
    ...rigVariables,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...options.variables,
  };
  const config = loadConfig(variables);
  const api = createContext(config, 'api', {
    jobTypes: [...registered.map(({ type }) => type), ...(options.unhandled ?? [])],
  });
  await readyTemporal(api.temporal.client.connection, temporal.namespace, api.logger);
  const server = await listen(appOf(api), { host: '127.0.0.1', port: 0 }, () => undefined);
  api.relay.start();
  api.jobs.start();

  const work = createContext(config, 'worker');
  const stops: (() => Promise<void>)[] = [];
  async function startWorker(...more: RegisteredJob[]) {
    const stop = runAll(await createRigWorkers(work, temporal, [...registered, ...more]));
    stops.push(stop);
    return { stop };
  }
  if (options.worker !== false) await startWorker();
  const { pool } = database;
  const patience = { timeout: options.patienceMs ?? 30_000, interval: 10 };

  const rig: JobRig = {
    pool,
    context: api,
    temporal,
    url: server.url,
    call: createCaller(server.url),
    variables,
    async enqueue(type, job) {
      const { jobId } = await transaction(pool, (tx) =>
        enqueueJob(tx, type, { ...job, requestedBy: 'test' }),
      );
      api.jobs.wake();
      return jobId;
    },
    async read(jobId) {
      const job = await readJob(pool, jobId);
      if (!job) throw new Error(`there is no job ${jobId}`);
      return job;
    },
    async until(jobId, ...statuses) {
      await expect.poll(async () => (await rig.read(jobId)).status, patience).toBeOneOf(statuses);
      return rig.read(jobId);
    },
    async eventsOf(jobId) {
      const { rows } = await pool.query<{ type: string }>(
        'select type from job_events where job_id = $1 order by number',
        [jobId],
      );
      return rows.map(({ type }) => type);
    },
    startWorker,
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await server.stop(1_000);
      await Promise.all([api.close(), work.close()]);
      await temporal.close();
      await database.drop();
    },
  };
  return rig;
}

function appOf(context: Context) {
  const { pool, logger, config } = context;
  return createApp({
    ...context,
    live: createLive({ pool, logger }),
    access: createAccess({ pool, logger }, { mayStandOpen: true, limits: config.access }),
    settings: settingsOf(config),
    isDraining: () => false,
  });
}

function createRigWorkers(
  context: Context,
  { connection }: TestTemporal,
  registered: readonly RegisteredJob[],
): Promise<readonly Worker[]> {
  const settings = workerSettings(context, connection);
  return createQueueWorkers(['jobs', 'heavy'], workerParts(context), registered, settings);
}

function runAll(workers: readonly Worker[]): () => Promise<void> {
  const runs = Promise.all(workers.map((worker) => worker.run()));
  let stopped: Promise<unknown> | undefined;
  return async () => {
    if (!stopped) for (const worker of workers) worker.shutdown();
    stopped ??= runs;
    await stopped;
  };
}
