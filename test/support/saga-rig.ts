import type { RequestListener } from 'node:http';
import type { ActivityInterceptorsFactory, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createAccess } from '../../src/api/access/access.ts';
import { createApp } from '../../src/api/app.ts';
import { createLive } from '../../src/api/live/live.ts';
import { listen } from '../../src/api/http/server.ts';
import { settingsOf } from '../../src/api/settings.ts';
import { loadConfig, type Config } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import type { ActivityContext } from '../../src/activities/context.ts';
import { readyTemporal } from '../../src/temporal/ready.ts';
import type { Temporal } from '../../src/temporal/connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { createTestDatabase } from './database.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { startSandboxes, type Sandboxes } from './sandboxes.ts';
import { preparedCode } from './prepared-code.ts';
import { connectToTemporal, type TestTemporal } from './temporal.ts';

/** The three ways to the world outside, as the activities have them. */
export type Providers = Pick<ActivityContext, 'payments' | 'carriers' | 'mailer'>;

export interface SagaRigOptions {
  /** Environment variables of the service, over the rig's own. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Close to the activities: where faults go. */
  readonly intercept?: ActivityInterceptorsFactory;
  /** Stands between the activities and the providers. */
  readonly wrap?: (providers: Providers) => Providers;
  /** Whether a worker runs from the start; true unless said otherwise. */
  readonly worker?: boolean;
  /** How long the activities take a request to be under way at most, in milliseconds; the clients' own time-out unless said otherwise. */
  readonly requestLastsMs?: number;
}

/** The service as shipped, in this process, on a database and a Temporal namespace of its own. */
export interface SagaRig {
  readonly url: string;
  readonly sandboxes: Sandboxes;
  readonly temporal: Temporal;
  /** For the test's own questions. */
  readonly pool: Pool;
  readonly config: Config;
  /** What a process of the service needs in its environment to take part. */
  readonly variables: Readonly<Record<string, string>>;
  /** Makes one more worker, which waits to be run. */
  createWorker(): Promise<RigWorker>;
  close(): Promise<void>;
}

export interface RigWorker {
  run(): void;
  /** Resolves when it has finished what it had begun. */
  stop(): Promise<void>;
}

const ownVariables = {
  ...preparedCode,
  LOG_LEVEL: 'fatal',
  LOG_FORMAT: 'json',
  NODE_ENV: 'test',
  BUILD_ID: 'rig',
  // A machine that is busy with other tests is no provider that does not answer.
  PROVIDER_TIMEOUT_MS: '15000',
  DATABASE_CONNECT_TIMEOUT_MS: '20000',
  DATABASE_STATEMENT_TIMEOUT_MS: '20000',
  WORKER_WORKFLOW_THREADS: '2',
  SHUTDOWN_GRACE_MS: '2000',
};

export async function startSagaRig(options: SagaRigOptions = {}): Promise<SagaRig> {
  quietTemporal();
  const [database, temporal] = await Promise.all([createTestDatabase(), connectToTemporal('own')]);
  let handle: RequestListener = notYet;
  const server = await listen(
    (request, response) => handle(request, response),
    { host: '127.0.0.1', port: 0 },
    () => undefined,
  );
  const sandboxes = await startSandboxes(server.url);
  const variables = {
    ...ownVariables,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...sandboxes.variables,
    ...options.variables,
  };
  const config = loadConfig(variables);
  const api = createContext(config, 'api');
  await readyTemporal(api.temporal.client.connection, temporal.namespace, api.logger);
  handle = appOf(api);
  api.relay.start();

  const work = createContext(config, 'worker');
  const made: RigWorker[] = [];

  async function createWorker(): Promise<RigWorker> {
    const worker = onceRun(await createRigWorkers(work, temporal, options));
    made.push(worker);
    return worker;
  }
  if (options.worker !== false) (await createWorker()).run();

  return {
    url: server.url,
    sandboxes,
    temporal: api.temporal,
    pool: database.pool,
    config,
    variables,
    createWorker,
    async close() {
      await Promise.all(made.map((worker) => worker.stop()));
      await server.stop(config.shutdownGraceMs);
      await Promise.all([api.close(), work.close(), sandboxes.close()]);
      await temporal.close();
      await database.drop();
    },
  };
}

function onceRun(workers: readonly Worker[]): RigWorker {
  let runs: Promise<unknown> | undefined;
  let stopping = false;
  return {
    run() {
      runs = Promise.all(workers.map((worker) => worker.run()));
    },
    async stop() {
      if (runs && !stopping) for (const worker of workers) worker.shutdown();
      stopping = true;
      await runs;
    },
  };
}

/** The API's address has to be known before there can be an API. */
const notYet: RequestListener = (_request, response) => response.writeHead(503).end();

function appOf(context: Context): RequestListener {
  const { pool, logger, config } = context;
  return createApp({
    ...context,
    live: createLive({ pool, logger }),
    access: createAccess({ pool, logger }, { mayStandOpen: true, limits: config.access }),
    settings: settingsOf(config),
    isDraining: () => false,
  });
}

async function createRigWorkers(
  context: Context,
  { connection }: TestTemporal,
  { intercept, wrap = (providers) => providers, requestLastsMs }: SagaRigOptions,
): Promise<readonly Worker[]> {
  const parts = workerParts(context);
  return createQueueWorkers(
    ['orders', 'notices'],
    { ...parts, ...wrap(parts), ...(requestLastsMs !== undefined && { providerTimeoutMs: requestLastsMs }) },
    [],
    {
      ...workerSettings(context, connection),
      ...(intercept && { innerInterceptors: [intercept] }),
    },
  );
}
