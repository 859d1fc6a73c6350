import { z } from 'zod';
import { defaultOrderPolicy } from '../domain/policies.ts';
import { standardLadder } from '../domain/webhook-ladder.ts';
import {
  baseUrl,
  countryCode,
  mailAddress,
  mailbox,
  maybe,
  networks,
  oneOf,
  pauses,
  signingKey,
  text,
  timeZone,
  url,
  webhookSecret,
  whole,
} from './fields.ts';
import { filesUrl } from './files-url.ts';
import { activeKeyProblem, payloadKeyId, payloadKeys } from './payload-keys.ts';
import { queueProblems, queueVariables } from './worker-queues.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Every variable that the service reads, with its limits and its default. Temporal's own are in temporal-profile.ts. */
export const envSchema = z.object({
  NODE_ENV: oneOf(['production', 'development', 'test']).default('development'),
  BUILD_ID: z.string().optional(),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  LOG_FORMAT: oneOf(['json', 'pretty', 'auto']).default('auto'),

  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535, 3000),
  PUBLIC_URL: baseUrl().optional(),
  TRUSTED_PROXIES: networks(),
  RATE_LIMIT_PER_KEY: whole(1, 1_000_000, 500),
  RATE_LIMIT_PER_ADDRESS: whole(1, 1_000_000, 100),
  // More than three hours without Temporal at 17 orders a second, which is what the service brings through on one machine (ADR 18).
  OUTBOX_MAX_DEPTH: whole(1, 100_000_000, 200_000),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: whole(0, 65_535, 9464),

  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_POOL_SIZE: whole(2, 500, 20),
  DATABASE_LOCK_TIMEOUT_MS: whole(10, minute, 2 * second),
  DATABASE_STATEMENT_TIMEOUT_MS: whole(100, 10 * minute, 5 * second),
  DATABASE_CONNECT_TIMEOUT_MS: whole(100, minute, 3 * second),

  TEMPORAL_UI_URL: baseUrl().default('http://localhost:8233'),
  PAYLOAD_ENCRYPTION_KEYS: payloadKeys(),
  PAYLOAD_ENCRYPTION_ACTIVE_KEY: payloadKeyId(),

  STRIPE_API_KEY: text(),
  STRIPE_API_BASE: baseUrl().optional(),
  STRIPE_WEBHOOK_SECRET: text(),
  EASYPOST_API_KEY: text(),
  EASYPOST_API_BASE: baseUrl().optional(),
  EASYPOST_WEBHOOK_SECRET: text(),
  EASYPOST_VERIFY_ADDRESSES: oneOf(['true', 'false']).default('true'),
  SMTP_URL: url('smtp', 'smtps'),
  MAIL_FROM: mailbox(),
  // Below the 20 s of a notice's attempt.
  SMTP_TIMEOUT_MS: whole(100, 18 * second, 8 * second),
  PROVIDER_TIMEOUT_MS: whole(100, minute, 8 * second),

  FILES_URL: filesUrl().optional(),
  FILES_S3_ENDPOINT: baseUrl().optional(),
  FILES_SIGNING_KEY: signingKey().optional(),
  FILES_LINK_LIFETIME_MS: whole(second, 7 * day, hour),

  SHOP_TIME_ZONE: timeZone().default('UTC'),

  SHIP_FROM_NAME: z.string().default('Main warehouse'),
  SHIP_FROM_LINE1: z.string().default('417 Montgomery Street'),
  SHIP_FROM_LINE2: z.string().optional(),
  SHIP_FROM_CITY: z.string().default('San Francisco'),
  SHIP_FROM_POSTAL_CODE: z.string().default('94104'),
  SHIP_FROM_REGION: z.string().default('CA'),
  SHIP_FROM_COUNTRY: countryCode().default('US'),

  ORDER_ATTEMPTS_BEFORE_ATTENTION: whole(1, 10_000, defaultOrderPolicy.attemptsBeforeAttention),
  ORDER_TRACKING_CHECK_AFTER_MS: whole(second, 30 * day, defaultOrderPolicy.trackingCheckAfterMs),
  ORDER_CAPTURE_MARGIN_MS: whole(0, 7 * day, defaultOrderPolicy.captureMarginMs),

  OPERATOR_EMAIL: mailAddress().optional(),
  OPERATOR_WEBHOOK_URL: url('http', 'https').optional(),
  OPERATOR_WEBHOOK_SECRET: webhookSecret().optional(),

  // Plain HTTP is for a developer's machine, unless somebody says otherwise.
  WEBHOOK_ALLOW_HTTP: oneOf(['true', 'false']).optional(),
  WEBHOOK_ALLOWED_NETWORKS: networks(),
  WEBHOOK_TIMEOUT_MS: whole(100, 30 * second, 15 * second),
  WEBHOOK_RETRY_DELAYS_MS: pauses(20, 7 * day, standardLadder),
  WEBHOOK_CONCURRENCY: whole(1, 100, 8),

  RECONCILE_EVERY_MS: whole(second, day, minute),
  RECONCILE_QUIET_MS: whole(0, day, 30 * second),
  RECONCILE_BATCH: whole(1, 1_000, 200),
  RECONCILE_OVERLAP_MS: whole(0, day, 10 * minute),
  RECONCILE_EXPIRY_MARGIN_MS: whole(0, 7 * day, 12 * hour),
  RECONCILE_SILENCE_MS: whole(0, 30 * day, 12 * hour),
  RECONCILE_REST_FACTOR: whole(0, 10_000, 50),

  ...queueVariables,
  WORKER_WORKFLOW_THREADS: whole(1, 64, 1),
  WORKER_MAX_WORKFLOW_TASKS: whole(2, 10_000, 12),
  WORKER_MAX_LOCAL_ACTIVITIES: whole(1, 10_000, 100),
  WORKER_MAX_CACHED_WORKFLOWS: whole(0, 1_000_000, 1_000),
  WORKER_STICKY_TIMEOUT_MS: whole(100, minute, 2 * second),
  WORKFLOW_BUNDLES: z.string().optional(),

  JOBS_AHEAD: whole(1, 10_000, 100),
  JOBS_HEAVY_AHEAD: whole(1, 10_000, 8),
  CLEANUP_BATCH: whole(1, 10_000, 500),
  EXPORT_BATCH: whole(1, 10_000, 500),

  RELAY_CONCURRENCY: whole(1, 1_000, 64),
  RELAY_BUFFER: whole(0, 100_000, 1_000),
  RELAY_BATCH: whole(1, 1_000, 100),
  RELAY_LEASE_MS: whole(second, 10 * minute, 6 * second),
  RELAY_CALL_TIMEOUT_MS: whole(100, minute, 4 * second),
  RELAY_IDLE_POLL_MS: whole(10, second / 2, 250),
  RELAY_ALERT_AFTER_ATTEMPTS: whole(1, 100, 8),

  SHUTDOWN_GRACE_MS: whole(0, 10 * minute, 10 * second),
  SHUTDOWN_DRAIN_MS: maybe(0, 10 * minute),
});

export type Env = z.output<typeof envSchema>;

/** The environment is not one the service can start with; the message names every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:
${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Reads the variables; a set but empty one counts as not set. Gives what could be read, or every problem. */
export function readEnv(variables: NodeJS.ProcessEnv): { env: Env } | { problems: string[] } {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim() !== ''));
  const result = envSchema.safeParse(set);
  if (!result.success) {
    return { problems: result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) };
  }
  const problems = contradictions(result.data);
  return problems.length > 0 ? { problems } : { env: result.data };
}

function contradictions(env: Env): string[] {
  const problems: string[] = [];
  if (env.RELAY_CALL_TIMEOUT_MS >= env.RELAY_LEASE_MS) {
    problems.push(
      'RELAY_CALL_TIMEOUT_MS must be below RELAY_LEASE_MS, so that no delivery outlives its lease',
    );
  }
  if (env.SHUTDOWN_DRAIN_MS && env.SHUTDOWN_DRAIN_MS >= env.SHUTDOWN_GRACE_MS) {
    problems.push('SHUTDOWN_DRAIN_MS must be below SHUTDOWN_GRACE_MS, which it is a part of');
  }
  if ((env.OPERATOR_WEBHOOK_URL === undefined) !== (env.OPERATOR_WEBHOOK_SECRET === undefined)) {
    problems.push('OPERATOR_WEBHOOK_URL must be set together with OPERATOR_WEBHOOK_SECRET');
  }
  if (env.NODE_ENV === 'production') {
    if (env.FILES_URL === undefined)
      problems.push('FILES_URL must be set in production: a folder that all processes see, or a bucket');
    else if (env.FILES_SIGNING_KEY === undefined)
      problems.push('FILES_SIGNING_KEY must be set in production: it signs the links to files');
  }
  problems.push(...queueProblems(env));
  const keyProblem = activeKeyProblem(env.PAYLOAD_ENCRYPTION_KEYS, env.PAYLOAD_ENCRYPTION_ACTIVE_KEY);
  if (keyProblem !== null) problems.push(keyProblem);
  return problems;
}
