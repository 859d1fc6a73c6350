import type { Pool } from 'pg';
import { expect, vi } from 'vitest';
import { Secret } from '../../src/config/secrets.ts';
import type { RelayConfig } from '../../src/config/config.ts';
import { enqueue, type StartOrderPayload } from '../../src/db/outbox.ts';
import { createPool, transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/domain/new-id.ts';
import { defaultOrderPolicy } from '../../src/domain/policies.ts';
import { createRelay, type Relay } from '../../src/relay/relay.ts';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { connectTemporal, type Temporal } from '../../src/temporal/connection.ts';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { createTestDatabase } from '../support/database.ts';
import { connectToTemporal } from '../support/temporal.ts';
import { keepLines } from '../telemetry/lines.ts';
import { openLink, type Link } from './link.ts';

/** A namespace that is new takes a moment to learn its search attributes. */
const reach = { timeout: 20_000, interval: 20 };

/** A database, a namespace of Temporal, and as many relays between them as a test wants. */
export interface Shop {
  readonly pool: Pool;
  readonly temporal: Temporal;
  readonly link: Link;
  openRelay(changes?: Partial<RelayConfig>): TestRelay;
  close(): Promise<void>;
}

export interface TestRelay extends Relay {
  /** Starts it and waits until it has found Temporal. */
  startAndReach(): Promise<void>;
  /** What it has logged. */
  readonly lines: readonly Record<string, unknown>[];
  readonly metrics: () => Promise<string>;
}

export const relayConfig: RelayConfig = {
  concurrency: 16,
  bufferSize: 100,
  batchSize: 20,
  leaseMs: 3_000,
  callTimeoutMs: 1_500,
  idlePollMs: 50,
  alertAfterAttempts: 3,
};

export async function openShop(): Promise<Shop> {
  const database = await createTestDatabase();
  const server = await connectToTemporal('own');
  const link = await openLink(server.address);
  const relays: TestRelay[] = [];
  const closers: (() => Promise<unknown>)[] = [];

  function connectThrough(address: string): Temporal {
    const { namespace } = server;
    const temporal = connectTemporal(
      { address, namespace, connection: new Secret({ address }) },
      'relay test',
      createDataConverter(),
    );
    closers.push(() => temporal.close());
    return temporal;
  }

  function openPool(): Pool {
    const limits = { lockTimeoutMs: 2_000, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };
    const pool = createPool(
      { url: database.url, applicationName: 'relay', maxConnections: 5, ...limits },
      () => undefined,
    );
    closers.push(() => pool.end());
    return pool;
  }

  return {
    pool: database.pool,
    temporal: connectThrough(server.address),
    link,
    openRelay(changes = {}) {
      const { lines, destination } = keepLines();
      const logger = createLogger({ level: 'debug', format: 'json' }, {}, destination);
      const metrics = createMetrics();
      const relay = createRelay({
        config: { ...relayConfig, ...changes },
        pool: openPool(),
        temporal: connectThrough(link.address),
        logger,
        metrics,
        events: createEvents(logger, metrics),
      });
      const testRelay: TestRelay = {
        ...relay,
        lines,
        metrics: () => metrics.collect(),
        async startAndReach() {
          relay.start();
          await vi.waitFor(() => expect(lines.map(({ event }) => event)).toContain('temporalReached'), reach);
        },
      };
      relays.push(testRelay);
      return testRelay;
    },
    async close() {
      await Promise.all(relays.map((relay) => relay.drain(1_000)));
      await Promise.all(closers.map((close) => close()));
      await link.close();
      await server.close();
      await database.drop();
    },
  };
}

const startPayload: StartOrderPayload = {
  customerId: 'customer-1',
  totalMinor: 4599,
  currency: 'EUR',
  pieces: 3,
  policy: defaultOrderPolicy,
  traceParent: null,
};

/** What can be owed to an order. */
export type OrderMessage = Parameters<typeof enqueue>[2];

export function startMessage(changes: Partial<StartOrderPayload> = {}) {
  return { kind: 'start_order', payload: { ...startPayload, ...changes } } as const satisfies OrderMessage;
}

export const orderIdOf = (line: Record<string, unknown>): string => String(line['orderId']);

/** Commits one message, by itself. */
export async function commit(
  pool: Pool,
  orderId: string,
  message: OrderMessage,
  leaseMs = 0,
): Promise<number> {
  return transaction(pool, (tx) => enqueue(tx, orderId, message, leaseMs));
}

/** Commits the start of so many new orders; gives their ids. */
export async function commitStarts(pool: Pool, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await Promise.all(ids.map((id) => commit(pool, id, startMessage())));
  return ids;
}

export interface OutboxRow {
  readonly id: number;
  readonly kind: string;
  readonly order_id: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly leased: boolean;
  /** Until it may be tried again, in milliseconds; below zero once it may. */
  readonly due_in_ms: number;
}

export async function outbox(pool: Pool): Promise<OutboxRow[]> {
  const { rows } = await pool.query<OutboxRow>(
    `select id, kind, order_id, attempts, last_error, coalesce(leased_until > clock_timestamp(), false) as leased,
       (extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as due_in_ms
     from outbox order by id`,
  );
  return rows;
}
