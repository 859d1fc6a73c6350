import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPorts } from './choose-ports.ts';
import { startPostgres } from './postgres.ts';
import { prepareCode } from './prepared-code.ts';
import { untilAborted } from './supervisor/abort.ts';
import { claim, type Claim } from './supervisor/claim.ts';
import type { Say } from './supervisor/progress.ts';
import { startTemporal } from './temporal.ts';
import { testDynamicConfig } from './temporal/dynamic-config.ts';
import { oldestServer } from './temporal/versions.ts';

/** What tests need around them: the variables that tell where it is, and how to end it. */
export type BackingServices = { variables: Record<string, string>; stop: () => Promise<void> };

/** Starts Postgres and a Temporal server that skips time, on free ports, with data that is gone afterwards. */
export async function startBackingServices(
  env: NodeJS.ProcessEnv,
  say: Say,
  signal: AbortSignal,
): Promise<BackingServices> {
  const claimed = await claim(mkdtempSync(join(tmpdir(), 'order-saga-test-')), say, true);
  try {
    const variables = await untilAborted(start(env, claimed), signal);
    return { variables, stop: claimed.release };
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

async function start(env: NodeJS.ProcessEnv, claimed: Claim): Promise<Record<string, string>> {
  const { directory, say } = claimed;
  const ports = await anyPorts();
  const postgres = await startPostgres(
    { directory: join(directory, 'postgres'), port: ports.postgres, disposable: true, env },
    claimed,
  );
  const { TEST_TEMPORAL_ADDRESS, ...others } = env;
  const starting = startTemporal(
    {
      directory: join(directory, 'temporal'),
      ports,
      postgres: async () => postgres,
      namespace: 'default',
      ui: false,
      oldest: oldestServer,
      dynamicConfig: testDynamicConfig,
      env: { ...others, TEMPORAL_ADDRESS: TEST_TEMPORAL_ADDRESS },
    },
    claimed,
  );
  const [temporal, { WORKFLOW_BUNDLES }] = await Promise.all([starting, prepareCode(env, say)]);
  say(`${postgres.description}; ${temporal.description}`);
  return {
    TEST_DATABASE_URL: postgres.url('postgres'),
    TEST_TEMPORAL_ADDRESS: temporal.address,
    ...(WORKFLOW_BUNDLES && { WORKFLOW_BUNDLES }),
  };
}
