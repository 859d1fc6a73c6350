import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { startConstellation, type Constellation } from '../../dev/constellation.ts';
import { createPool } from '../../src/db/pool.ts';
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
  /** Where the processes' logs are: `api.log`, `worker-1.log`, `postgres.log`, … */
  readonly logsDir: string;
  /** Ends every process and removes the data, once. */
  close(): Promise<void>;
}

export interface ShopOptions {
  /** Variables for the processes, beyond this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Postgres does not wait for the disk: for tests, not for figures. */
  readonly disposable?: boolean;
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
  say = () => undefined,
  signal,
}: ShopOptions = {}): Promise<Shop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-shop-'));
  const outside = Object.entries(process.env).filter(([name]) => !ownVariables.test(name));
  const constellation = await startConstellation({
    dataDir,
    env: { ...Object.fromEntries(outside), ...env },
    say,
    ports: 'any',
    disposable,
    ...(signal && { signal }),
  });
  const { urls } = constellation;
  const storefront = createStorefront(urls.api);
  const pool = createPool(
    { url: urls.database, applicationName: 'order-saga-audit', ...poolLimits },
    () => undefined,
  );
  const stripe = stripeControl(present(urls.stripe));
  const carrier = carrierControl(present(urls.easypost));
  const mail = mailControl(present(urls.inbox));
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    for (const client of [storefront, stripe, carrier, mail]) client.close();
    await pool.end();
    await constellation.stop();
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
    logsDir: join(dataDir, 'logs'),
    close: () => (closed ??= close()),
  };
}

function present(url: string | undefined): string {
  if (url === undefined) throw new Error('a stand-in does not run');
  return url;
}
