import type { NativeConnection, Worker } from '@temporalio/worker';
import type { RegisteredJob } from '../activities/jobs/job-handler.ts';
import { builtInSchedules } from '../activities/jobs/schedules.ts';
import type { Context } from '../context.ts';
import { queueNames } from '../domain/queue.ts';
import { answersWithin } from '../db/answers.ts';
import { migrate } from '../db/migrate.ts';
import { warnOfUnknown } from '../telemetry/warn-of-unknown.ts';
import { ensureReconcileSchedule } from '../temporal/reconcile-schedule.ts';
import { readyTemporal } from '../temporal/ready.ts';
import { connectWorker } from '../temporal/worker-connection.ts';
import { ensureSchedules } from './ensure-schedules.ts';
import { giveWay } from './give-way.ts';
import { serveHealth, type Health } from './health.ts';
import { isHopelessForPostgres, isHopelessForTemporal } from './hopeless.ts';
import { createQueueWorkers } from './queue-workers.ts';
import { watchFindings } from './reconciler-gauges.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { tellServed } from './tell-served.ts';
import { endUnrun } from './unrun.ts';
import { untilThere } from './until-there.ts';
import { workerParts, type WorkerParts } from './worker-parts.ts';
import { workerSettings } from './worker-settings.ts';

/** How long Postgres may take to answer whether it is there. */
const readyTimeoutMs = 1_000;

/** The life of a worker's process, from waiting for what it needs to the end of its last task. */
export interface WorkerProcess {
  /** Resolves when the workers have ended; throws when they cannot start or fail for good. */
  run(): Promise<void>;
  /** Takes no more tasks, finishes what is under way, closes everything. */
  stop(): Promise<void>;
  isStopping(): boolean;
}

/** `registered` are the jobs that it can do. */
export function createWorkerProcess(context: Context, registered: readonly RegisteredJob[]): WorkerProcess {
  const { config, logger } = context;
  const served = queueNames.filter((queue) => config.worker.queues[queue]);
  const stopping = new AbortController();
  const { signal } = stopping;
  let health: Health | undefined;
  let connection: NativeConnection | undefined;
  let workers: readonly Worker[] = [];
  let starting: Promise<unknown> = Promise.resolve();
  let runs: readonly Promise<void>[] = [];
  const wait = { logger, signal };

  async function whyNotReady(): Promise<string | null> {
    if (signal.aborted) return 'ending';
    if (workers.length === 0 || workers.some((worker) => worker.getState() !== 'RUNNING')) return 'starting';
    return (await answersWithin(context.pool, readyTimeoutMs)) ? null : 'Postgres does not answer';
  }

  /** Gives what the workers work with. */
  async function start(): Promise<WorkerParts> {
    const { metricsHost: host, metricsPort: port } = config.worker;
    health = await serveHealth({ host, port, whyNotReady, metrics: () => context.metrics.collect() });
    logger.info({ event: 'starting', host, port: health.port }, 'starting');
    tellServed(config, logger);
    warnOfUnknown(config, logger);
    if (giveWay(served)) logger.info({ event: 'givesWay' }, 'gives way to other processes');

    const databaseUrl = config.secrets.databaseUrl.reveal();
    const migrated = await untilThere('Postgres', () => migrate(databaseUrl), isHopelessForPostgres, wait);
    if (migrated.length > 0)
      logger.info({ event: 'migrated', migrations: migrated }, 'the database is migrated');

    const reseal = () => resealSecrets(context.pool, context.sealer, logger);
    await untilThere('Postgres', reseal, isHopelessForPostgres, wait);
    connection = await untilThere('Temporal', reachTemporal, isHopelessForTemporal, wait);
    const parts = workerParts(context);
    workers = await createQueueWorkers(served, parts, registered, workerSettings(context, connection));
    signal.throwIfAborted();
    return parts;
  }

  /** What comes with the queue of maintenance: its figures, the schedules that call it, and a word about alerts. */
  async function keepOrder({ operators }: WorkerParts): Promise<void> {
    watchFindings(context.pool, context.metrics);
    await untilThere(
      'its schedules',
      async () => {
        const { client } = context.temporal;
        await ensureReconcileSchedule(client, config.reconciler.everyMs);
        await ensureSchedules(context, client, builtInSchedules(config.timeZone));
      },
      isHopelessForTemporal,
      wait,
    );
    if (operators.email === null && operators.webhook === null)
      logger.warn(
        { event: 'alertsGoNowhere' },
        'neither OPERATOR_EMAIL nor OPERATOR_WEBHOOK_URL is set: alerts are only logged and counted',
      );
  }

  async function reachTemporal(): Promise<NativeConnection> {
    const { address, namespace } = config.temporal;
    const made = await connectWorker(config.temporal);
    try {
      const version = await readyTemporal(made, namespace, logger);
      context.events.temporalReached({ server: address, version, downMs: null });
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  }

  /** Its connection is in use to the end of the process. */
  function tellLeftBehind(): void {
    logger.warn(
      { event: 'attemptsLeftBehind' },
      'attempts that did not end in time are left behind; others begin them anew when their heartbeats are missed',
    );
  }

  return {
    isStopping: () => signal.aborted,
    async run() {
      const started = start();
      starting = started;
      const parts = await started;
      // Who waits for a worker waits for no schedule.
      runs = workers.map((worker) => worker.run());
      if (config.worker.queues.maintenance) runs = [...runs, keepOrder(parts)];
      await Promise.all(runs);
    },
    async stop() {
      stopping.abort();
      // What goes wrong here is told by `run`.
      await starting.catch(() => undefined);
      const unrun = workers.filter((worker) => worker.getState() === 'INITIALIZED').map(endUnrun);
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled([...runs, ...unrun]);
      if (workers.some((worker) => worker.getState() === 'FAILED')) tellLeftBehind();
      else await connection?.close();
      await context.close();
      await health?.close();
    },
  };
}
