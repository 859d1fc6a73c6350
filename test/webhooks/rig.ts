import type { Pool } from 'pg';
import type { RegisteredJob } from '../../src/activities/jobs/job-handler.ts';
import { createAccess } from '../../src/api/access/access.ts';
import { createApp } from '../../src/api/app.ts';
import { createLive } from '../../src/api/live/live.ts';
import { listen } from '../../src/api/http/server.ts';
import { settingsOf } from '../../src/api/settings.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext, type Context } from '../../src/context.ts';
import { record, type OrderEventType } from '../../src/db/orders/events.ts';
import { transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import type { Resolve } from '../../src/providers/guarded-lookup.ts';
import { createWebhookClient } from '../../src/providers/webhook-client.ts';
import { readyTemporal } from '../../src/temporal/ready.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { createTestDatabase } from '../support/database.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { preparedCode } from '../support/prepared-code.ts';
import { connectToTemporal } from '../support/temporal.ts';
import { createCaller, type Answer, type Call } from '../api/call.ts';

/** The service as far as webhooks go: API, dispatcher and a worker, on a database and a namespace of their own. */
export interface WebhookRig {
  readonly pool: Pool;
  readonly context: Context;
  readonly call: Call;
  /** What a worker's process needs in its environment to take part. */
  readonly variables: Readonly<Record<string, string>>;
  /** Adds an endpoint; gives its id and its secret. */
  endpoint(url: string, ...events: string[]): Promise<{ id: string; secret: string }>;
  deliveries(endpointId: string, filter?: string): Promise<Delivery[]>;
  /** Something happens to an order that is made for it; gives the id under which that is told. */
  happen(type: OrderEventType, data?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** A delivery as the API shows it, as far as tests look at it. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: readonly { readonly httpStatus: number | null; readonly error: string | null }[];
  readonly nextAttemptAt: string | null;
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
  SHUTDOWN_GRACE_MS: '2000',
  METRICS_PORT: '0',
  WEBHOOK_ALLOW_HTTP: 'true',
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1',
  // A machine that is busy with other tests is no receiver that does not answer.
  WEBHOOK_TIMEOUT_MS: '15000',
  // Ten attempts as by default, within a second: what is to come of each of them a test says beforehand.
  WEBHOOK_RETRY_DELAYS_MS: '5,5,5,10,10,15,15,15,20',
};

export async function startWebhookRig(
  options: {
    readonly variables?: Readonly<Record<string, string>>;
    /** Finds the addresses of hosts, instead of the system. */
    readonly resolve?: Resolve;
    /** The jobs that it can do; none unless said otherwise. */
    readonly jobs?: readonly RegisteredJob[];
    /** Whether a worker runs in this process; true unless said otherwise. */
    readonly worker?: boolean;
  } = {},
): Promise<WebhookRig> {
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
  const { jobs = [] } = options;
  const api = createContext(config, 'api', { jobTypes: jobs.map(({ type }) => type) });
  await readyTemporal(api.temporal.client.connection, temporal.namespace, api.logger);
  const server = await listen(appOf(api), { host: '127.0.0.1', port: 0 }, () => undefined);
  const call = createCaller(server.url);
  api.relay.start();
  api.webhooks.start();
  api.jobs.start();

  const work = createContext(config, 'worker', {
    webhookClient: createWebhookClient(config.webhooks, options.resolve),
  });
  const parts = workerParts(work);
  const settings = workerSettings(work, temporal.connection);
  const workers =
    options.worker === false
      ? []
      : await createQueueWorkers(['orders', 'notices', 'webhooks', 'jobs', 'heavy'], parts, jobs, settings);
  const runs = workers.map((worker) => worker.run());

  return {
    pool: database.pool,
    context: api,
    call,
    variables,
    async endpoint(url, ...events) {
      const { status, body }: Answer = await call('POST /webhook-endpoints', { json: { url, events } });
      if (status !== 201) throw new Error(`no endpoint: ${JSON.stringify(body)}`);
      return { id: String(body.id), secret: String(body.secret) };
    },
    async deliveries(endpointId, filter = '') {
      const { body } = await call(`GET /webhook-endpoints/${endpointId}/deliveries${filter}`);
      return body.items;
    },
    happen: (type, data) => happen(database.pool, type, data),
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await server.stop(1_000);
      await Promise.all([api.close(), work.close()]);
      await temporal.close();
      await database.drop();
    },
  };
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

export const traceParent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function happen(pool: Pool, type: OrderEventType, data: Record<string, unknown> = {}): Promise<string> {
  const orderId = newId();
  await pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
       total_minor, currency, trace_parent)
     values ($1, 'cus_1', 'ada@example.com', 'Ada Lovelace', '{}', 'pm_card_visa', 1200, 'EUR', $2)`,
    [orderId, traceParent],
  );
  const number = await transaction(pool, (tx) => record(tx, orderId, { type, data }));
  return `order_${orderId}_${number}`;
}
