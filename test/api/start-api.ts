import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import type { Pool } from 'pg';
import { createAccess, type AccessSettings } from '../../src/api/access/access.ts';
import { createApp } from '../../src/api/app.ts';
import type { ApiContext, ApiSettings } from '../../src/api/api-context.ts';
import { httpTimeouts, type HttpTimeouts } from '../../src/api/limits.ts';
import { watchLive } from '../../src/api/live/live-gauges.ts';
import { createLive, type Live } from '../../src/api/live/live.ts';
import { listen } from '../../src/api/http/server.ts';
import { noPayloadKeys } from '../../src/config/payload-keys.ts';
import { createPool } from '../../src/db/pool.ts';
import { scheduledTypes } from '../../src/activities/jobs/schedules.ts';
import { createDocuments } from '../../src/exports/documents.ts';
import { createFolderStore } from '../../src/storage/folder.ts';
import { defaultOrderPolicy } from '../../src/domain/policies.ts';
import type { FileStore } from '../../src/storage/file-store.ts';
import type { StartOrder } from '../../src/relay/direct-path.ts';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { createTestDatabase } from '../support/database.ts';
import { createCaller, type Call } from './call.ts';
import { testJobTypes } from './job-types.ts';
import { nowhereTemporal } from './temporal-profiles.ts';

export const stripeWebhookSecret = 'whsec_test';
export const easypostWebhookSecret = 'easypost-test';
/** Signs links to files. */
export const signingKey = 'k'.repeat(32);

const seller = { name: 'The Shop', line1: '1 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' };

const plenty = { perKey: 100_000, perAddress: 100_000 };

/** The API over a database of its own, and a relay that only writes down what it is handed. */
export interface TestApi {
  readonly app: Express;
  readonly url: string;
  readonly call: Call;
  readonly pool: Pool;
  readonly delivered: { entryId: number; orderId: string; message: StartOrder }[];
  /** Lines of the log, as objects. */
  readonly log: Record<string, unknown>[];
  readonly live: Live;
  /** Where its files are, and the folder that they are in. */
  readonly files: FileStore;
  readonly filesFolder: string;
  /** The names of those that are half written. */
  unfinishedFiles(): Promise<string[]>;
  wakes(): number;
  drain(): void;
  closeAccess(): Promise<void>;
  /** Whether no more jobs are taken from now on. */
  fillBacklog(full: boolean): void;
  /** What the relay says of itself from now on. */
  setRelayState(state: { temporalUp: boolean; outboxDepth: number }): void;
  stop(): Promise<void>;
}

export async function startApi(
  {
    databaseUrl,
    accessSettings,
    settings,
    ...overrides
  }: Partial<Omit<ApiContext, 'settings' | 'health'>> & {
    databaseUrl?: string;
    accessSettings?: Partial<AccessSettings>;
    settings?: Partial<ApiSettings>;
  } = {},
  timeouts: HttpTimeouts = httpTimeouts,
): Promise<TestApi> {
  const database = await createTestDatabase();
  const pool = createTestPool(databaseUrl ?? database.url);
  const log: Record<string, unknown>[] = [];
  const logger = createLogger(
    { level: 'debug', format: 'json' },
    {},
    { write: (line) => log.push(JSON.parse(line)) },
  );
  const metrics = createMetrics();
  const temporal = connectTemporal(nowhereTemporal, 'test', {});
  const root = await mkdtemp(join(tmpdir(), 'order-saga-api-'));
  const fileSigningKey = Buffer.from(signingKey);
  const files = createFolderStore({ root, signingKey: fileSigningKey, baseUrl: '' });
  const documents = createDocuments(1);
  const delivered: TestApi['delivered'] = [];
  const access = createAccess({ pool, logger }, { mayStandOpen: true, limits: plenty, ...accessSettings });
  const live = createLive({ pool, logger });
  watchLive(live, metrics);
  let wakes = 0;
  let backlogFull = false;
  let draining = false;
  let relayState = { temporalUp: true, outboxDepth: 0 };
  const app = createApp({
    pool,
    relay: {
      deliverNow: (entryId, orderId, message) => delivered.push({ entryId, orderId, message }),
      wake: () => {
        wakes += 1;
      },
      get state() {
        return relayState;
      },
    },
    webhooks: { wake: () => undefined },
    jobs: {
      wake: () => undefined,
      backlog: { hasRoom: () => !backlogFull, note: () => undefined, due: [] },
    },
    jobTypes: testJobTypes,
    files,
    documents,
    scheduledTypes,
    temporal,
    logger,
    metrics,
    reaches: { stripe: async () => true, easypost: async () => true },
    access,
    live,
    events: createEvents(logger, metrics),
    settings: {
      buildId: 'test',
      temporalUiUrl: 'http://ui.test:8233',
      policy: defaultOrderPolicy,
      outboxLeaseMs: 6_000,
      fileLinkLifetimeMs: 3_600_000,
      fileSigningKey,
      seller,
      maxOutboxDepth: 1_000,
      https: false,
      trustedProxies: [],
      stripeWebhookSecret,
      easypostWebhookSecret,
      payloadKeys: noPayloadKeys,
      webhookTargets: { httpAllowed: false, allowedNetworks: [] },
      ...settings,
    },
    isDraining: () => draining,
    ...overrides,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 }, () => undefined, timeouts);
  return {
    app,
    url: server.url,
    call: createCaller(server.url),
    pool: database.pool,
    delivered,
    log,
    live,
    files,
    filesFolder: root,
    unfinishedFiles: () => readdir(join(root, 'unfinished')).catch(() => []),
    wakes: () => wakes,
    drain: () => {
      draining = true;
      live.stop();
    },
    closeAccess: () => access.close(),
    fillBacklog: (full) => {
      backlogFull = full;
    },
    setRelayState: (state) => {
      relayState = state;
    },
    async stop() {
      live.stop();
      await server.stop(1_000);
      await access.close();
      await documents.close();
      await rm(root, { recursive: true, force: true });
      await temporal.close();
      await pool.end();
      await database.drop();
    },
  };
}

function createTestPool(url: string): Pool {
  return createPool(
    {
      url,
      applicationName: 'test-api',
      maxConnections: 10,
      // A machine that is busy with other tests is no database that does not answer.
      lockTimeoutMs: 10_000,
      statementTimeoutMs: 20_000,
      connectTimeoutMs: 20_000,
    },
    () => undefined,
  );
}
