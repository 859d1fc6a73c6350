import type { Address } from '../domain/order.ts';
import type { OrderPolicy } from '../domain/policies.ts';
import { defaultBuildId } from './build-id.ts';
import { ConfigError, readEnv, type Env } from './env.ts';
import { Secret, type Secrets } from './secrets.ts';
import { readTemporalProfile, type TemporalProfile } from './temporal-profile.ts';

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
  readonly shipFrom: Address;
  readonly policy: OrderPolicy;
  readonly worker: WorkerConfig;
  readonly relay: RelayConfig;
  /** `auto` is pretty in a terminal and JSON elsewhere. */
  readonly log: { readonly level: Env['LOG_LEVEL']; readonly format: Env['LOG_FORMAT'] };
  /** How long what is in flight may take to finish once the process was told to end. */
  readonly shutdownGraceMs: number;
  readonly secrets: Secrets;
}

export interface ProviderConfig {
  /** Absent: the provider itself. */
  readonly apiBase: string | undefined;
  /** How long one call may take; below the activities' `startToCloseTimeout` (law 4). */
  readonly timeoutMs: number;
}

export interface WorkerConfig {
  readonly metricsHost: string;
  readonly metricsPort: number;
  readonly workflowThreads: number;
  readonly maxWorkflowTasks: number;
  readonly maxActivities: number;
  readonly maxLocalActivities: number;
  readonly maxNotices: number;
  readonly maxCachedWorkflows: number;
  readonly pollers: number;
  /** How long a workflow task waits for the worker that has the run cached. */
  readonly stickyTimeoutMs: number;
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
  const { env } = read;
  return {
    environment: env.NODE_ENV,
    buildId: env.BUILD_ID ?? defaultBuildId(),
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL ?? null },
    database: {
      poolSize: env.DATABASE_POOL_SIZE,
      lockTimeoutMs: env.DATABASE_LOCK_TIMEOUT_MS,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
    },
    temporal: { ...temporal.profile, uiUrl: env.TEMPORAL_UI_URL },
    stripe: { apiBase: env.STRIPE_API_BASE, timeoutMs: env.PROVIDER_TIMEOUT_MS },
    easypost: {
      apiBase: env.EASYPOST_API_BASE,
      timeoutMs: env.PROVIDER_TIMEOUT_MS,
      verifyAddresses: env.EASYPOST_VERIFY_ADDRESSES === 'true',
    },
    mail: { from: env.MAIL_FROM, domain: domainOf(env.MAIL_FROM), timeoutMs: env.PROVIDER_TIMEOUT_MS },
    shipFrom: shipFrom(env),
    policy: {
      attemptsBeforeAttention: env.ORDER_ATTEMPTS_BEFORE_ATTENTION,
      trackingCheckAfterMs: env.ORDER_TRACKING_CHECK_AFTER_MS,
      captureMarginMs: env.ORDER_CAPTURE_MARGIN_MS,
    },
    worker: worker(env),
    relay: relay(env),
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT },
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    secrets: secrets(env),
  };
}

function domainOf(mailbox: string): string {
  return mailbox.slice(mailbox.lastIndexOf('@') + 1).replace('>', '');
}

function shipFrom(env: Env): Address {
  return {
    name: env.SHIP_FROM_NAME,
    line1: env.SHIP_FROM_LINE1,
    line2: env.SHIP_FROM_LINE2,
    city: env.SHIP_FROM_CITY,
    postalCode: env.SHIP_FROM_POSTAL_CODE,
    region: env.SHIP_FROM_REGION,
    country: env.SHIP_FROM_COUNTRY,
  };
}

function worker(env: Env): WorkerConfig {
  return {
    metricsHost: env.METRICS_HOST,
    metricsPort: env.METRICS_PORT,
    workflowThreads: env.WORKER_WORKFLOW_THREADS,
    maxWorkflowTasks: env.WORKER_MAX_WORKFLOW_TASKS,
    maxActivities: env.WORKER_MAX_ACTIVITIES,
    maxLocalActivities: env.WORKER_MAX_LOCAL_ACTIVITIES,
    maxNotices: env.WORKER_MAX_NOTICES,
    maxCachedWorkflows: env.WORKER_MAX_CACHED_WORKFLOWS,
    pollers: env.WORKER_POLLERS,
    stickyTimeoutMs: env.WORKER_STICKY_TIMEOUT_MS,
  };
}

function relay(env: Env): RelayConfig {
  return {
    concurrency: env.RELAY_CONCURRENCY,
    bufferSize: env.RELAY_BUFFER,
    batchSize: env.RELAY_BATCH,
    leaseMs: env.RELAY_LEASE_MS,
    callTimeoutMs: env.RELAY_CALL_TIMEOUT_MS,
    idlePollMs: env.RELAY_IDLE_POLL_MS,
    alertAfterAttempts: env.RELAY_ALERT_AFTER_ATTEMPTS,
  };
}

function secrets(env: Env): Secrets {
  return {
    databaseUrl: new Secret(env.DATABASE_URL),
    stripeApiKey: new Secret(env.STRIPE_API_KEY),
    stripeWebhookSecret: new Secret(env.STRIPE_WEBHOOK_SECRET),
    easypostApiKey: new Secret(env.EASYPOST_API_KEY),
    easypostWebhookSecret: new Secret(env.EASYPOST_WEBHOOK_SECRET),
    smtpUrl: new Secret(env.SMTP_URL),
  };
}
