import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anyPorts } from '../../dev/choose-ports.ts';
import { findBinaries } from '../../dev/postgres/binaries.ts';
import { startPostgres, type Postgres } from '../../dev/postgres.ts';
import { claim, type Claim } from '../../dev/supervisor/claim.ts';

const backInMs = 30_000;
const wholeTestMs = 60_000;

let claimed: Claim;
beforeEach(async () => {
  claimed = await claim(mkdtempSync(join(tmpdir(), 'order-saga-postgres-')), () => undefined, true);
});
afterEach(() => claimed.release());

test.for([false, true])(
  'what was committed is there after the server was killed (disposable: %s)',
  { timeout: wholeTestMs },
  async (disposable) => {
    const postgres = await start({}, disposable);
    await sql(postgres, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const part = claimed.parts.get('postgres');
    const first = part.pid;
    part.kill('SIGKILL');
    await expect.poll(() => part.pid !== first && part.isReady, { timeout: backInMs }).toBe(true);
    expect(await sql(postgres, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  },
);

test('the embedded server runs without any that is installed', { timeout: wholeTestMs }, async () => {
  const postgres = await start({ POSTGRES_BIN: 'embedded' });
  expect(postgres.description).toBe('Postgres 18 (embedded)');
  expect(await sql(postgres, "SELECT current_setting('server_version_num')::int / 10000 AS major")).toEqual([
    { major: 18 },
  ]);
});

test('nobody gets in without the password', { timeout: wholeTestMs }, async () => {
  const postgres = await start({});
  const url = new URL(postgres.url('postgres'));
  url.password = 'guess';
  const client = new Client({ connectionString: url.href });
  await expect(client.connect()).rejects.toThrow('password authentication failed');
});

test('data made by another version is not given to this one', () => {
  expect(() => findBinaries({ POSTGRES_BIN: 'embedded' }, 14)).toThrow(/version 14, which made the data.*18/);
});

async function start(env: NodeJS.ProcessEnv, disposable = false): Promise<Postgres> {
  const { postgres: port } = await anyPorts();
  const directory = join(claimed.directory, 'postgres');
  return startPostgres({ directory, port, disposable, env: { PATH: process.env['PATH'], ...env } }, claimed);
}

async function sql(postgres: Postgres, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
