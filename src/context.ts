import { hostname } from 'node:os';
import type { DataConverter } from '@temporalio/common';
import type { Pool } from 'pg';
import type { JobType } from './activities/jobs/job-type.ts';
import { scheduledTypes } from './activities/jobs/schedules.ts';
import { jobTypes } from './activities/jobs/types.ts';
import type { Config } from './config/config.ts';
import { createPool } from './db/pool.ts';
import type { ScheduledType } from './domain/scheduled-type.ts';
import { createSealer, type Sealer } from './domain/sealing.ts';
import { createCarriers, type Carriers } from './providers/easypost.ts';
import { createDocuments, type Documents } from './exports/documents.ts';
import { createImages, type Images } from './images/images.ts';
import { createMailer, type Mailer } from './providers/mail.ts';
import { createOperatorWebhook, type OperatorWebhook } from './providers/operator-webhook.ts';
import { createWebhookClient, type WebhookClient } from './providers/webhook-client.ts';
import { createReaches, type Reach } from './providers/reach.ts';
import { createPayments, type Payments } from './providers/stripe.ts';
import { createFileStore } from './storage/create-file-store.ts';
import type { FileStore } from './storage/file-store.ts';
import { createJobDispatcher, type JobDispatcher } from './relay/jobs/dispatcher.ts';
import { createRelay, type Relay } from './relay/relay.ts';
import { createWebhookDispatcher, type WebhookDispatcher } from './relay/webhooks/dispatcher.ts';
import { createEvents, type Events } from './telemetry/events.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { observeCalls } from './telemetry/observe-calls.ts';
import { watchPool } from './telemetry/pool-gauges.ts';
import { connectTemporal, type Temporal } from './temporal/connection.ts';
import { createDataConverter } from './temporal/data-converter.ts';
import { lazily } from './lazily.ts';

/** Everything a process works with. What is not asked for is not made: a worker never has a relay. */
export interface Context {
  readonly config: Config;
  /** Who this process is, to Temporal: `worker 4711@host`. */
  readonly identity: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly pool: Pool;
  readonly payments: Payments;
  readonly carriers: Carriers;
  readonly mailer: Mailer;
  readonly files: FileStore;
  readonly documents: Documents;
  readonly images: Images;
  /** Null where operators have none. */
  readonly operatorWebhook: OperatorWebhook | null;
  /** For whoever has asked to be told. */
  readonly webhookClient: WebhookClient;
  /** Keeps the secrets that sign webhooks. */
  readonly sealer: Sealer;
  /** The same for clients and workers. */
  readonly dataConverter: DataConverter;
  /** Whether a provider answers at all, by its name. */
  readonly reaches: Readonly<Record<string, Reach>>;
  readonly temporal: Temporal;
  readonly relay: Relay;
  readonly webhooks: WebhookDispatcher;
  /** Every kind of jobs that this process knows. */
  readonly jobTypes: readonly JobType[];
  readonly jobs: JobDispatcher;
  /** The types that schedules can make jobs of. */
  readonly scheduledTypes: readonly ScheduledType[];
  /** Closes what was made, the relay first. Call it when nothing uses the context any more. */
  close(): Promise<void>;
}

export type Service = 'api' | 'worker';

/** Helper processes for images; what comes beyond it waits. */
const imagesAtOnce = 2;

/** The same for documents. Exports take two of a worker's for as long as they run, and a summary doesn't wait for them. */
const documentsAtOnce: Record<Service, number> = { api: 2, worker: 3 };

/** Parts that somebody else has made, and closes. */
export type Overrides = Partial<Omit<Context, 'config' | 'identity' | 'close'>>;

/** Puts a process together: the one place where this is done. */
export function createContext(config: Config, service: Service, overrides: Overrides = {}): Context {
  const { secrets } = config;
  const identity = `${service} ${process.pid}@${hostname()}`;
  const logger = overrides.logger ?? createLogger(config.log, { service, buildId: config.buildId });
  const metrics = overrides.metrics ?? createMetrics();
  const events = overrides.events ?? createEvents(logger, metrics);

  const pool = lazily(() => {
    const { poolSize: maxConnections, ...limits } = config.database;
    const made = createPool(
      {
        url: secrets.databaseUrl.reveal(),
        applicationName: `order-saga-${service}`,
        maxConnections,
        ...limits,
      },
      (error) =>
        logger.warn({ event: 'idleConnectionLost', err: error }, 'an idle database connection broke'),
    );
    watchPool(made, metrics);
    return made;
  });
  const payments = lazily(() =>
    observeCalls(
      'stripe',
      createPayments({ apiKey: secrets.stripeApiKey.reveal(), ...config.stripe }),
      events,
    ),
  );
  const carriers = lazily(() =>
    observeCalls(
      'easypost',
      createCarriers({ apiKey: secrets.easypostApiKey.reveal(), ...config.easypost }),
      events,
    ),
  );
  const mailer = lazily(() =>
    observeCalls('smtp', createMailer({ smtpUrl: secrets.smtpUrl.reveal(), ...config.mail }), events),
  );
  const files = lazily(() =>
    createFileStore({
      ...config.files,
      signingKey: secrets.filesSigningKey.reveal(),
      publicUrl: config.http.publicUrl,
    }),
  );
  const documents = lazily(() => createDocuments(documentsAtOnce[service]));
  const images = lazily(() => createImages(imagesAtOnce));
  const operatorWebhook = lazily(() => {
    const { webhookUrl: url } = config.operators;
    const secret = secrets.operatorWebhookSecret?.reveal();
    return url !== null && secret !== undefined ? createOperatorWebhook({ url, secret }) : null;
  });
  const dataConverter = overrides.dataConverter ?? createDataConverter(secrets.payloadKeys.reveal());
  const temporal = lazily(() => connectTemporal(config.temporal, identity, dataConverter));
  const relay = lazily(() =>
    createRelay({
      config: config.relay,
      pool: context.pool,
      temporal: context.temporal,
      logger,
      metrics,
      events,
    }),
  );

  const webhookClient = lazily(() => createWebhookClient(config.webhooks));
  const webhooks = lazily(() =>
    createWebhookDispatcher({
      config: config.relay,
      pool: context.pool,
      temporal: context.temporal,
      isTemporalUp: () => context.relay.state.temporalUp,
      logger,
      metrics,
    }),
  );

  const jobs = lazily(() =>
    createJobDispatcher({
      config: { ...config.relay, ...config.jobs },
      pool: context.pool,
      temporal: context.temporal,
      isTemporalUp: () => context.relay.state.temporalUp,
      isTemporalStillUp: () => context.relay.isTemporalStillUp(),
      types: context.jobTypes,
      logger,
      metrics,
      events,
    }),
  );

  const context: Context = {
    config,
    identity,
    logger,
    metrics,
    events,
    dataConverter,
    reaches: overrides.reaches ?? createReaches(config),
    sealer: overrides.sealer ?? createSealer(secrets.payloadKeys.reveal()),
    get pool() {
      return overrides.pool ?? pool.get();
    },
    get payments() {
      return overrides.payments ?? payments.get();
    },
    get carriers() {
      return overrides.carriers ?? carriers.get();
    },
    get mailer() {
      return overrides.mailer ?? mailer.get();
    },
    get files() {
      return overrides.files ?? files.get();
    },
    get documents() {
      return overrides.documents ?? documents.get();
    },
    get images() {
      return overrides.images ?? images.get();
    },
    get operatorWebhook() {
      return overrides.operatorWebhook ?? operatorWebhook.get();
    },
    get webhookClient() {
      return overrides.webhookClient ?? webhookClient.get();
    },
    get temporal() {
      return overrides.temporal ?? temporal.get();
    },
    get relay() {
      return overrides.relay ?? relay.get();
    },
    get webhooks() {
      return overrides.webhooks ?? webhooks.get();
    },
    jobTypes: overrides.jobTypes ?? jobTypes,
    scheduledTypes: overrides.scheduledTypes ?? scheduledTypes,
    get jobs() {
      return overrides.jobs ?? jobs.get();
    },
    async close() {
      // No delivery takes longer, so nothing is cut off.
      const { callTimeoutMs } = config.relay;
      await Promise.all([
        relay.made?.drain(callTimeoutMs),
        webhooks.made?.drain(callTimeoutMs),
        jobs.made?.drain(callTimeoutMs),
      ]);
      await Promise.all([documents.made?.close(), images.made?.close()]);
      mailer.made?.close();
      files.made?.close();
      await temporal.made?.close();
      await pool.made?.end();
    },
  };
  return context;
}
