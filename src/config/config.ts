import type { Address } from '../domain/order.ts';
import type { OrderPolicy } from '../domain/policies.ts';
import type { QueueName } from '../domain/queue.ts';
import type { ReconcilerLimits } from '../domain/reconciler.ts';
import type { RetryLadder } from '../domain/webhook-ladder.ts';
import type { WebhookTargets } from '../domain/webhook-url.ts';
import { ConfigError, readEnv, type Env } from './env.ts';
import type { FilesPlace } from './files-url.ts';
import { configFrom } from './from-env.ts';
import type { Secrets } from './secrets.ts';
import { readTemporalProfile, type TemporalProfile } from './temporal-profile.ts';
import { unknownVariables, type UnknownVariable } from './unknown-variables.ts';
import type { QueueConfig } from './worker-queues.ts';

/** What a process is told from outside, checked once at its start. Times are in milliseconds. */
export interface Config {
  readonly environment: Env['NODE_ENV'];
  /** Which code runs; workers show it to Temporal. */
  readonly buildId: string;
  readonly http: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    /** Where clients reach the API, without a slash at its end; null where they come by host and port. */
    readonly publicUrl: string | null;
  };
  readonly access: {
    /** Requests a second that one process takes, of a key that has no limit of its own and of an address without a key. */
    readonly perKey: number;
    readonly perAddress: number;
    /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
    readonly trustedProxies: readonly string[];
  };
  /** From this many entries of the outbox on no order is accepted. */
  readonly maxOutboxDepth: number;
  readonly database: {
    readonly poolSize: number;
    readonly lockTimeoutMs: number;
    readonly statementTimeoutMs: number;
    readonly connectTimeoutMs: number;
  };
  readonly temporal: TemporalProfile & { readonly uiUrl: string };
  readonly stripe: ProviderConfig;
  /** `verifyAddresses`: whether EasyPost refuses an address that it cannot verify. */
  readonly easypost: ProviderConfig & { readonly verifyAddresses: boolean };
  readonly mail: {
    readonly from: string;
    /** The right side of our Message-IDs: the sender's domain. */
    readonly domain: string;
    readonly timeoutMs: number;
  };
  readonly files: {
    readonly place: FilesPlace;
    /** Of a bucket; undefined for Amazon's own. */
    readonly s3Endpoint: string | undefined;
    /** How long a bucket may be silent. */
    readonly timeoutMs: number;
    /** How long a link to a file can be used. */
    readonly linkLifetimeMs: number;
  };
  /** Whose days the shop's summaries are of. */
  readonly timeZone: string;
  readonly shipFrom: Address;
  readonly policy: OrderPolicy;
  /** Where operators are told; null where that way is not set up. */
  readonly operators: { readonly email: string | null; readonly webhookUrl: string | null };
  /** `everyMs`: from the start of one pass to the next. */
  readonly reconciler: ReconcilerLimits & { readonly everyMs: number };
  readonly webhooks: WebhooksConfig;
  readonly worker: WorkerConfig;
  readonly jobs: JobsConfig;
  readonly relay: RelayConfig;
  /** `auto` is pretty in a terminal and JSON elsewhere. */
  readonly log: { readonly level: Env['LOG_LEVEL']; readonly format: Env['LOG_FORMAT'] };
  /** How long what is in flight may take to finish once the process was told to end. */
  readonly shutdownGraceMs: number;
  /** For how much of that an API goes on taking requests, and says that it is not ready, so that nobody sends it more. */
  readonly shutdownDrainMs: number;
  readonly secrets: Secrets;
  /** What the environment has in vain. */
  readonly unknownVariables: readonly UnknownVariable[];
}

export interface ProviderConfig {
  /** Absent: the provider itself. */
  readonly apiBase: string | undefined;
  /** How long one call may take; below the activities' `startToCloseTimeout` (law 4). */
  readonly timeoutMs: number;
}

/** Webhooks that go out. */
export interface WebhooksConfig extends WebhookTargets {
  /** How long a receiver may take to answer. */
  readonly timeoutMs: number;
  readonly ladder: RetryLadder;
  /** How many are on their way to one destination at once. */
  readonly concurrency: number;
}

export interface WorkerConfig {
  /** The queues that this process serves, and how. */
  readonly queues: Readonly<Partial<Record<QueueName, QueueConfig>>>;
  readonly metricsHost: string;
  readonly metricsPort: number;
  readonly workflowThreads: number;
  /** What is taken has to be done within the workflow task's time-out; the rest waits better at the server. */
  readonly maxWorkflowTasks: number;
  readonly maxLocalActivities: number;
  readonly maxCachedWorkflows: number;
  /** How long a workflow task waits for the worker that has the run cached. */
  readonly stickyTimeoutMs: number;
  /** Where bundles of workflows are that were made before; null where each process makes its own. */
  readonly bundlesFolder: string | null;
}

export interface JobsConfig {
  /** Of each queue, how many jobs are handed to Temporal and have not begun; the others wait where they can be overtaken. */
  readonly ahead: { readonly jobs: number; readonly heavy: number };
  /** Rows that a clean-up removes in one transaction where its input does not say; orders that an export reads at once. */
  readonly batches: { readonly cleanup: number; readonly export: number };
}

export interface RelayConfig {
  /** Deliveries under way at once. */
  readonly concurrency: number;
  /** Entries handed over right after their commit that may wait for their turn. */
  readonly bufferSize: number;
  /** Entries taken up by one look at the outbox. */
  readonly batchSize: number;
  /** How long a relay owns an entry; when it dies, another one takes the entry up after that. */
  readonly leaseMs: number;
  /** How long one delivery may take; below `leaseMs`. */
  readonly callTimeoutMs: number;
  /** The longest pause between two looks at an outbox that has nothing due. */
  readonly idlePollMs: number;
  /** From this many failures of its own on an entry raises an alert. */
  readonly alertAfterAttempts: number;
}

/**
 * Makes the configuration from environment variables; the only other thing read is Temporal's own configuration file.
 * Throws a ConfigError that names every problem at once.
 */
export function loadConfig(variables: NodeJS.ProcessEnv): Config {
  const read = readEnv(variables);
  const temporal = readTemporalProfile(variables);
  if ('problems' in read || 'problems' in temporal) {
    throw new ConfigError([read, temporal].flatMap((part) => ('problems' in part ? part.problems : [])));
  }
  return configFrom(read.env, temporal.profile, unknownVariables(variables));
}
