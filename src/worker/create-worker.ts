import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  Worker,
  type ActivityInterceptorsFactory,
  type NativeConnection,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createNoticeActivities, createOrderActivities } from '../activities/index.ts';
import type { ActivityContext } from '../activities/context.ts';
import type { WorkerConfig } from '../config/config.ts';
import type { Logger } from '../telemetry/logger.ts';
import { forwardTemporalLogs } from '../telemetry/temporal-logs.ts';
import { noticesTaskQueue, ordersTaskQueue } from '../workflows/order/messages.ts';
import { bound, createAttemptInterceptor } from './attempts.ts';
import { allOrNone } from './unrun.ts';

/** Under this name the worker's versions are listed in Temporal. */
const deploymentName = 'order-saga';

export interface WorkerContext extends ActivityContext {
  readonly logger: Logger;
}

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly identity: string;
  readonly buildId: string;
  readonly shutdownGraceMs: number;
  readonly tuning: WorkerConfig;
  readonly dataConverter: NonNullable<WorkerOptions['dataConverter']>;
  /** Closer to the activities than our own interceptor: what these throw is treated like a failure of the activity. */
  readonly innerInterceptors?: readonly ActivityInterceptorsFactory[];
}

/** What the bundler has to say goes to `logger`, where there is one: a page of statistics, as information. */
export function bundleWorkflows(
  failureConverterPath: string | undefined,
  logger?: Logger,
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    ...(logger && { logger: forwardTemporalLogs(logger) }),
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    ...(failureConverterPath && { failureConverterPath }),
  });
}

/** The SDK sends a heartbeat no more often than this; left to itself it would wait for most of the time-out. */
const heartbeatThrottleMs = 1_000;

/** What every worker of a process has in common. */
export function sharedOptions(
  { pool, events, logger }: Pick<WorkerContext, 'pool' | 'events' | 'logger'>,
  settings: WorkerSettings,
) {
  const { identity } = settings;
  const intercept = createAttemptInterceptor({ pool, events, logger, identity });
  return {
    connection: settings.connection,
    namespace: settings.namespace,
    identity,
    workerDeploymentOptions: {
      version: { deploymentName, buildId: settings.buildId },
      useWorkerVersioning: false,
    },
    dataConverter: settings.dataConverter,
    shutdownGraceTime: settings.shutdownGraceMs,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    interceptors: {
      activity: [
        (context) => ({ inbound: intercept(bound(context)) }),
        ...(settings.innerInterceptors ?? []),
      ],
    },
  } satisfies Partial<WorkerOptions>;
}

/** The workers of orders: workflows and their activities, and beside them the notices, each with its own slots. */
export async function createWorkers(ctx: WorkerContext, settings: WorkerSettings): Promise<Worker[]> {
  const { tuning } = settings;
  const { logger } = ctx;
  const shared = sharedOptions(ctx, settings);
  const orders = Worker.create({
    ...shared,
    taskQueue: ordersTaskQueue,
    workflowBundle: await bundleWorkflows(
      settings.dataConverter.failureConverterPath,
      logger.child({}, { level: 'warn' }),
    ),
    activities: createOrderActivities(ctx),
    maxConcurrentWorkflowTaskExecutions: tuning.maxWorkflowTasks,
    maxConcurrentActivityTaskExecutions: tuning.maxActivities,
    maxConcurrentLocalActivityExecutions: tuning.maxLocalActivities,
    maxConcurrentWorkflowTaskPolls: tuning.pollers,
    maxConcurrentActivityTaskPolls: tuning.pollers,
    maxCachedWorkflows: tuning.maxCachedWorkflows,
    workflowThreadPoolSize: tuning.workflowThreads,
    stickyQueueScheduleToStartTimeout: tuning.stickyTimeoutMs,
  });
  const notices = Worker.create({
    ...shared,
    taskQueue: noticesTaskQueue,
    activities: createNoticeActivities(ctx),
    maxConcurrentActivityTaskExecutions: tuning.maxNotices,
  });
  return allOrNone([orders, notices]);
}
