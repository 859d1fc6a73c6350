import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startConstellation, type Constellation } from '../../dev/constellation.ts';
import { createEmptyDatabase } from './database.ts';
import { connectToTemporal } from './temporal.ts';

/** What the developer's own environment must not lead a test to. */
const leadsElsewhere =
  /^(DATABASE_URL|TEMPORAL_|STRIPE_|EASYPOST_|SMTP_|MAIL_|POSTGRES_PORT|PORT$|HOST$|DATA_DIR|PUBLIC_URL)/;

/** The processes as shipped, on ports and data of their own. */
export type TestConstellation = Constellation & {
  /** What a terminal would have shown: warnings, deaths, restarts. */
  said: readonly string[];
};

/**
 * Starts everything that `npm start` does, for a test.
 *
 * @param backing `own` starts a Postgres and a Temporal server as well, which the test may kill; `shared` uses those that
 * run for all tests, with a database and a namespace of its own, and is quicker.
 * @param env variables for the API, the workers and the sandbox.
 */
export async function startTestConstellation(
  backing: 'own' | 'shared',
  env: Record<string, string> = {},
): Promise<TestConstellation> {
  const said: string[] = [];
  const shared = backing === 'shared' ? await sharedServices() : undefined;
  const kept = Object.entries(process.env).filter(([name]) => !leadsElsewhere.test(name));
  const constellation = await startConstellation({
    dataDir: mkdtempSync(join(tmpdir(), 'order-saga-e2e-')),
    env: { ...Object.fromEntries(kept), ...shared?.variables, ...env },
    say: (line) => said.push(line),
    ports: 'any',
    disposable: true,
  });
  const stop = async () => {
    await constellation.stop();
    await shared?.drop();
  };
  return { ...constellation, said, stop };
}

async function sharedServices() {
  const [database, temporal] = await Promise.all([createEmptyDatabase(), connectToTemporal('own')]);
  await temporal.close();
  const variables = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
  return { variables, drop: database.drop };
}
