import { setTimeout as pause } from 'node:timers/promises';
import { createPool } from '../../src/db/pool.ts';
import { makeKey } from '../api/make-key.ts';

const lookEveryMs = 200;
const timeouts = { lockTimeoutMs: 5_000, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000 };

/** Makes the first key, waits until the API asks for one, and gives the header that carries it. */
export async function lockWithKey(api: string, databaseUrl: string): Promise<string> {
  const pool = createPool(
    { url: databaseUrl, applicationName: 'schemathesis', maxConnections: 1, ...timeouts },
    () => undefined,
  );
  const { headers } = await makeKey(pool, ['orders:read', 'orders:write', 'jobs:read', 'jobs:write', 'ops']);
  await pool.end();
  while ((await fetch(`${api}/products`)).status !== 401) await pause(lookEveryMs);
  return `Authorization: ${headers.Authorization}`;
}
