import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { startConstellation, type Constellation } from '../../dev/constellation.ts';
import { createPool } from '../../src/db/pool.ts';
import { openLink, type Link } from './link.ts';
import { createOutages, type Outages } from './outages.ts';
import {
  carrierControl,
  mailControl,
  stripeControl,
  type CarrierControl,
  type MailControl,
  type StripeControl,
} from './sandboxes.ts';
import { createStorefront, type Storefront } from './storefront.ts';

/** Everything that `npm start` starts, on free ports and an empty data directory, and whoever looks at it from outside. */
export interface Shop {
  readonly constellation: Constellation;
  readonly storefront: Storefront;
  /** The service's own books. */
  readonly pool: Pool;
  readonly stripe: StripeControl;
  readonly carrier: CarrierControl;
  readonly mail: MailControl;
  readonly outages: Outages;
  /** The service's way to a server. Throws where the shop was opened without `links`. */
  link(to: Linked): Link;
  /** Where the processes' logs are: `api.log`, `worker-1.log`, `postgres.log`, … */
  readonly logsDir: string;
  /** Ends every process and removes the data, once. */
  close(): Promise<void>;
}

/** What the service can be cut off from. */
export type Linked = 'postgres' | 'temporal';

export interface ShopOptions {
  /** Variables for the processes, beyond this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Postgres does not wait for the disk: for tests, not for figures. */
  readonly disposable?: boolean;
  /** How many APIs and workers there are; one and two unless said otherwise. */
  readonly apis?: number;
  readonly workers?: number;
  /** What runs as API and as worker, from the project's root on; the service's own unless said otherwise. */
  readonly programs?: { readonly api: string; readonly worker: string };
  /** Whether the service reaches Postgres and Temporal by ways that can be cut, at the price of some speed. */
  readonly links?: boolean;
  readonly say?: (line: string) => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** What tells a process about tests' databases and servers; a shop starts its own. */
const ownVariables =
  /^(DATABASE_URL|TEMPORAL_|TEST_|STRIPE_|EASYPOST_|SMTP_URL|PORT$|METRICS_|VITEST|NODE_ENV)/;

const poolLimits = {
  maxConnections: 4,
  lockTimeoutMs: 10_000,
  statementTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
};

export async function openShop({
  env = {},
  disposable = false,
  links = false,
  say = () => undefined,
  signal,
  ...counts
}: ShopOptions = {}): Promise<Shop> {
  const ways = new Map<Linked, Link>();
  async function detour(to: Linked, address: string): Promise<string> {
    const link = await openLink(address);
    ways.set(to, link);
    return link.address;
  }

  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-shop-'));
  const outside = Object.entries(process.env).filter(([name]) => !ownVariables.test(name));
  const constellation = await startConstellation({
    dataDir,
    env: { ...Object.fromEntries(outside), ...env },
    say,
    ports: 'any',
    disposable,
    ...counts,
    ...(links && { detour }),
    ...(signal && { signal }),
  });
  const { urls } = constellation;
  const storefront = createStorefront(urls.api);
  const pool = createPool(
    { url: urls.database, applicationName: 'order-saga-audit', ...poolLimits },
    () => undefined,
  );
  const stripe = stripeControl(present(urls.stripe, standInMissing));
  const carrier = carrierControl(present(urls.easypost, standInMissing));
  const mail = mailControl(present(urls.inbox, standInMissing));
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    for (const client of [storefront, stripe, carrier, mail]) client.close();
    await pool.end();
    await constellation.stop();
    for (const link of ways.values()) await link.close();
    rmSync(dataDir, { recursive: true, force: true });
  }

  return {
    constellation,
    storefront,
    pool,
    stripe,
    carrier,
    mail,
    outages: createOutages(constellation),
    link: (to) => present(ways.get(to), `the way to ${to} cannot be cut`),
    logsDir: join(dataDir, 'logs'),
    close: () => (closed ??= close()),
  };
}

const standInMissing = 'a stand-in does not run';

function present<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
