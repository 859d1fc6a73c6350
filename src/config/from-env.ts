import type { Address } from '../domain/order.ts';
import { defaultBuildId } from './build-id.ts';
import type { Config, RelayConfig, WorkerConfig } from './config.ts';
import type { Env } from './env.ts';
import { defaultFilesPlace } from './files-url.ts';
import { noPayloadKeys } from './payload-keys.ts';
import { Secret, type Secrets } from './secrets.ts';
import type { TemporalProfile } from './temporal-profile.ts';
import { queuesFrom } from './worker-queues.ts';

/** Where each variable goes. */
export function configFrom(
  env: Env,
  temporal: TemporalProfile,
  unknownVariables: Config['unknownVariables'],
): Config {
  return {
    environment: env.NODE_ENV,
    buildId: env.BUILD_ID ?? defaultBuildId(),
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL ?? null },
    access: {
      perKey: env.RATE_LIMIT_PER_KEY,
      perAddress: env.RATE_LIMIT_PER_ADDRESS,
      trustedProxies: env.TRUSTED_PROXIES,
    },
    maxOutboxDepth: env.OUTBOX_MAX_DEPTH,
    database: {
      poolSize: env.DATABASE_POOL_SIZE,
      lockTimeoutMs: env.DATABASE_LOCK_TIMEOUT_MS,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
    },
    temporal: { ...temporal, uiUrl: env.TEMPORAL_UI_URL },
    stripe: { apiBase: env.STRIPE_API_BASE, timeoutMs: env.PROVIDER_TIMEOUT_MS },
    easypost: {
      apiBase: env.EASYPOST_API_BASE,
      timeoutMs: env.PROVIDER_TIMEOUT_MS,
      verifyAddresses: env.EASYPOST_VERIFY_ADDRESSES === 'true',
    },
    mail: { from: env.MAIL_FROM, domain: domainOf(env.MAIL_FROM), timeoutMs: env.SMTP_TIMEOUT_MS },
    files: {
      place: env.FILES_URL ?? defaultFilesPlace,
      s3Endpoint: env.FILES_S3_ENDPOINT,
      timeoutMs: env.PROVIDER_TIMEOUT_MS,
      linkLifetimeMs: env.FILES_LINK_LIFETIME_MS,
    },
    timeZone: env.SHOP_TIME_ZONE,
    shipFrom: shipFrom(env),
    policy: {
      attemptsBeforeAttention: env.ORDER_ATTEMPTS_BEFORE_ATTENTION,
      trackingCheckAfterMs: env.ORDER_TRACKING_CHECK_AFTER_MS,
      captureMarginMs: env.ORDER_CAPTURE_MARGIN_MS,
    },
    operators: { email: env.OPERATOR_EMAIL ?? null, webhookUrl: env.OPERATOR_WEBHOOK_URL ?? null },
    reconciler: reconciler(env),
    webhooks: {
      httpAllowed: (env.WEBHOOK_ALLOW_HTTP ?? String(env.NODE_ENV === 'development')) === 'true',
      allowedNetworks: env.WEBHOOK_ALLOWED_NETWORKS,
      timeoutMs: env.WEBHOOK_TIMEOUT_MS,
      ladder: env.WEBHOOK_RETRY_DELAYS_MS,
      concurrency: env.WEBHOOK_CONCURRENCY,
    },
    worker: worker(env),
    jobs: {
      ahead: { jobs: env.JOBS_AHEAD, heavy: env.JOBS_HEAVY_AHEAD },
      batches: { cleanup: env.CLEANUP_BATCH, export: env.EXPORT_BATCH },
    },
    relay: relay(env),
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT },
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    shutdownDrainMs: env.SHUTDOWN_DRAIN_MS ?? defaultDrainMs(env),
    secrets: secrets(env),
    unknownVariables,
  };
}

/** In production requests come by way of somebody who has to notice. */
function defaultDrainMs({ NODE_ENV, SHUTDOWN_GRACE_MS }: Env): number {
  return NODE_ENV === 'production' ? Math.min(5_000, SHUTDOWN_GRACE_MS / 2) : 0;
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
    queues: queuesFrom(env),
    workflowThreads: env.WORKER_WORKFLOW_THREADS,
    maxWorkflowTasks: env.WORKER_MAX_WORKFLOW_TASKS,
    maxLocalActivities: env.WORKER_MAX_LOCAL_ACTIVITIES,
    maxCachedWorkflows: env.WORKER_MAX_CACHED_WORKFLOWS,
    stickyTimeoutMs: env.WORKER_STICKY_TIMEOUT_MS,
    bundlesFolder: env.WORKFLOW_BUNDLES ?? null,
  };
}

function reconciler(env: Env): Config['reconciler'] {
  return {
    everyMs: env.RECONCILE_EVERY_MS,
    quietMs: env.RECONCILE_QUIET_MS,
    batchSize: env.RECONCILE_BATCH,
    overlapMs: env.RECONCILE_OVERLAP_MS,
    expiryMarginMs: env.RECONCILE_EXPIRY_MARGIN_MS,
    silenceMs: env.RECONCILE_SILENCE_MS,
    restFactor: env.RECONCILE_REST_FACTOR,
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
  const operatorSecret = env.OPERATOR_WEBHOOK_SECRET;
  return {
    databaseUrl: new Secret(env.DATABASE_URL),
    stripeApiKey: new Secret(env.STRIPE_API_KEY),
    stripeWebhookSecret: new Secret(env.STRIPE_WEBHOOK_SECRET),
    easypostApiKey: new Secret(env.EASYPOST_API_KEY),
    easypostWebhookSecret: new Secret(env.EASYPOST_WEBHOOK_SECRET),
    smtpUrl: new Secret(env.SMTP_URL),
    payloadKeys: new Secret({
      active: env.PAYLOAD_ENCRYPTION_ACTIVE_KEY ?? null,
      keys: env.PAYLOAD_ENCRYPTION_KEYS ?? noPayloadKeys.keys,
    }),
    // Production names one; elsewhere what all processes share already will do.
    filesSigningKey: new Secret(env.FILES_SIGNING_KEY ?? env.DATABASE_URL),
    operatorWebhookSecret: operatorSecret === undefined ? undefined : new Secret(operatorSecret),
  };
}
