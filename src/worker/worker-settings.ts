import type { ActivityInterceptorsFactory, NativeConnection, WorkerOptions } from '@temporalio/worker';
import type { WorkerConfig } from '../config/config.ts';
import type { QueueConfig } from '../config/worker-queues.ts';
import type { Context } from '../context.ts';

/** Under this name the worker's versions are listed in Temporal. */
const deploymentName = 'order-saga';

/** The SDK sends a heartbeat no more often than this; left to itself it would wait for most of the time-out. */
const heartbeatThrottleMs = 1_000;

/** How much longer than the grace an attempt may take that was told to end; then the process ends without it. */
const giveUpAfterGraceMs = 4_000;

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

/** What the workers of a process are made with, as its configuration says. */
export function workerSettings(
  { config, identity, dataConverter }: Pick<Context, 'config' | 'identity' | 'dataConverter'>,
  connection: NativeConnection,
): WorkerSettings {
  return {
    connection,
    namespace: config.temporal.namespace,
    identity,
    buildId: config.buildId,
    shutdownGraceMs: config.shutdownGraceMs,
    tuning: config.worker,
    dataConverter,
  };
}

/** What every worker of a process has in common; `intercept` stands around every attempt. */
export function sharedOptions(settings: WorkerSettings, intercept: ActivityInterceptorsFactory) {
  return {
    connection: settings.connection,
    namespace: settings.namespace,
    identity: settings.identity,
    workerDeploymentOptions: {
      version: { deploymentName, buildId: settings.buildId },
      useWorkerVersioning: false,
    },
    dataConverter: settings.dataConverter,
    shutdownGraceTime: settings.shutdownGraceMs,
    shutdownForceTime: settings.shutdownGraceMs + giveUpAfterGraceMs,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    interceptors: { activity: [intercept, ...(settings.innerInterceptors ?? [])] },
  } satisfies Partial<WorkerOptions>;
}

/** What a queue's configuration says of its activities. */
export function activitySlots({ concurrency, pollers, perSecond, perSecondInAll }: QueueConfig) {
  return {
    maxConcurrentActivityTaskExecutions: concurrency,
    maxConcurrentActivityTaskPolls: pollers,
    ...(perSecond !== null && { maxActivitiesPerSecond: perSecond }),
    ...(perSecondInAll !== null && { maxTaskQueueActivitiesPerSecond: perSecondInAll }),
  } satisfies Partial<WorkerOptions>;
}

/** What the configuration says of workflows; fewer than two pollers would leave the cached runs without one. */
export function workflowSlots(tuning: WorkerConfig, { pollers }: QueueConfig) {
  return {
    maxConcurrentWorkflowTaskExecutions: tuning.maxWorkflowTasks,
    maxConcurrentWorkflowTaskPolls: Math.max(2, pollers),
    maxCachedWorkflows: tuning.maxCachedWorkflows,
    workflowThreadPoolSize: tuning.workflowThreads,
    stickyQueueScheduleToStartTimeout: tuning.stickyTimeoutMs,
  } satisfies Partial<WorkerOptions>;
}
