import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findKey, listKeys } from '../../src/db/api-keys.ts';
import { hashOfKey, newSecret, prefixOf, scopes } from '../../src/domain/api-key.ts';
import { createSealer } from '../../src/domain/sealing.ts';
import { readCommand, UsageError } from '../../src/keys/arguments.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const main = new URL('../../src/keys/main.ts', import.meta.url).pathname;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate api_keys cascade');
});
afterAll(() => database.drop());

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as an operator runs it. */
async function keys(
  command: string,
  url = database.url,
  variables: Record<string, string> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...command.split(' ').filter((word) => word !== '')],
      { env: { PATH: process.env['PATH'], DATABASE_URL: url, ...variables } },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

function shownKey({ stdout }: Outcome): string {
  return /osk_\S+/.exec(stdout)?.[0] ?? '';
}

/** Whether the secret opens the door, by what the database holds. */
async function opens(key: string): Promise<boolean> {
  const found = await findKey(database.pool, prefixOf(key) ?? '');
  return found?.hash.equals(hashOfKey(key)) ?? false;
}

test('makes a key that is shown once and kept as a hash only, with a webhook secret of its own', async () => {
  const outcome = await keys('create storefront --scopes orders:read,orders:write --rate 50');
  expect([outcome.exitCode, outcome.stderr]).toEqual([0, '']);
  const key = shownKey(outcome);
  expect(key).toMatch(/^osk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
  expect(outcome.stdout).toMatch(/whsec_[A-Za-z0-9+/]{43}=/);
  expect(await opens(key)).toBe(true);
  expect(await opens(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).toBe(false);
  const { rows } = await database.pool.query<{ kept: string }>(
    `select (select string_agg(k::text, '') from api_keys k) || (select string_agg(s::text, '') from api_key_secrets s) as kept`,
  );
  expect(rows[0]?.kept).toContain(prefixOf(key));
  expect(rows[0]?.kept).not.toContain(key.slice(-43));
  expect(await listKeys(database.pool)).toMatchObject([
    { name: 'storefront', scopes: ['orders:read', 'orders:write'], requestsPerSecond: 50, lastUsedAt: null },
  ]);
});

test('lists keys by name, prefix and scopes, and never a secret', async () => {
  expect((await keys('list')).stdout).toBe('There is no key.\n');
  const made = shownKey(await keys('create console --scopes all'));
  const { stdout } = await keys('list');
  expect(stdout).toMatch(/^NAME\s+PREFIX\s+SCOPES\s+RATE\s+CREATED\s+LAST USED\s+REVOKED\n/);
  expect(stdout).toContain(`console  ${prefixOf(made)}  ${scopes.join(',')}  default`);
  expect(stdout).not.toContain(made);
});

test('rotates a key: the new secret works at once, the old one for the grace, and the key is the same', async () => {
  const before = shownKey(await keys('create shop --scopes ops'));
  const [made] = await listKeys(database.pool);
  const after = shownKey(await keys('rotate shop --grace-hours 1'));
  expect(after).not.toBe(before);
  expect([await opens(before), await opens(after)]).toEqual([true, true]);
  const last = shownKey(await keys('rotate shop --grace-hours 0'));
  expect([await opens(before), await opens(after), await opens(last)]).toEqual([false, false, true]);
  expect(await listKeys(database.pool)).toMatchObject([{ id: made?.id, prefixes: [prefixOf(last)] }]);
});

const shownSecret = ({ stdout }: Outcome): string => /whsec_\S+/.exec(stdout)?.[0] ?? '';

async function keptSecrets() {
  const { rows } = await database.pool.query<{ id: string; now: string; before: string; signs: boolean }>(
    `select id, webhook_secret as now, previous_webhook_secret as before,
       previous_webhook_secret_until > now() as signs from api_keys`,
  );
  return rows[0]!;
}

describe('a webhook secret', () => {
  const key = randomBytes(32);
  const sealing = {
    PAYLOAD_ENCRYPTION_KEYS: `k1:${key.toString('base64')}`,
    PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1',
  };
  test('is kept encrypted where the service has keys for that', async () => {
    const secret = shownSecret(await keys('create shop --scopes ops', database.url, sealing));
    const { id, now } = await keptSecrets();
    expect(now).toMatch(/^sealed:k1:/);
    expect(createSealer({ active: 'k1', keys: new Map([['k1', key]]) }).open(now, id)).toBe(secret);
  });

  test('is replaced on request, and the one before goes on signing for the grace', async () => {
    const first = shownSecret(await keys('create shop --scopes ops'));
    const second = shownSecret(await keys('rotate-webhook-secret shop --grace-hours 1'));
    expect(await keptSecrets()).toMatchObject({ now: second, before: first, signs: true });
    const third = shownSecret(await keys('rotate-webhook-secret shop --grace-hours 0'));
    expect(await keptSecrets()).toMatchObject({ now: third, before: second, signs: false });
  });

  test('is not made with keys that make no sense', async () => {
    const { exitCode, stderr } = await keys('create shop --scopes ops', database.url, {
      PAYLOAD_ENCRYPTION_KEYS: 'k1:short',
      PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1',
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^PAYLOAD_ENCRYPTION_KEYS entry 1/)]);
  });
});

test('revokes a key with every secret it has, for good, and its name is free again', async () => {
  const old = shownKey(await keys('create shop --scopes ops'));
  const rotated = shownKey(await keys('rotate shop'));
  expect((await keys('revoke shop')).exitCode).toBe(0);
  expect([await opens(old), await opens(rotated)]).toEqual([false, false]);
  const next = shownKey(await keys('create shop --scopes ops'));
  expect([await opens(old), await opens(next)]).toEqual([false, true]);
});

test('makes none where there is one, when asked so', async () => {
  expect(shownKey(await keys('create first --scopes all --unless-any'))).not.toBe('');
  const again = await keys('create second --scopes all --unless-any');
  expect([again.exitCode, again.stdout]).toEqual([0, 'There is a key already; none was made.\n']);
  expect(await listKeys(database.pool)).toHaveLength(1);
});

test.each(['rotate nobody', 'rotate-webhook-secret nobody', 'revoke nobody'])(
  'says that there is no key to %s',
  async (command) => {
    expect(await keys(command)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'no key named "nobody" is in use\n',
    });
  },
);

test('refuses a name that is in use', async () => {
  await keys('create shop --scopes ops');
  const { exitCode, stderr } = await keys('create shop --scopes ops');
  expect([exitCode, stderr]).toEqual([
    1,
    'a key named "shop" is in use: rotate it, revoke it or take another name\n',
  ]);
});

test('says in one line that the database cannot be reached', async () => {
  const { exitCode, stderr } = await keys('list', 'postgres://nobody@127.0.0.1:1/none');
  expect([exitCode, stderr]).toEqual([1, 'the database did not answer (ECONNREFUSED)\n']);
});

test('shows how it is used to whoever asks for nothing it can do', async () => {
  const { exitCode, stderr } = await keys('');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^what to do is missing\n\nUsage:\n {2}npm run keys -- create/);
});

describe('the command line', () => {
  test.each([
    ['make shop', 'there is no "make"'],
    ['create', 'create needs the name of a key'],
    ['create shop', '--scopes is missing'],
    ['create shop --scopes orders', 'there is no scope "orders"'],
    ['create shop --scopes orders:read,', 'there is no scope ""'],
    ['create shop two --scopes ops', '"two" is one word too many'],
    ['create sh/op --scopes ops', 'a name has 1 to 64 letters'],
    ['create shop --scopes ops --rate 0', '--rate must be a whole number from 1 to 1000000'],
    ['create shop --scopes ops --rate 1e3', '--rate must be a whole number from 1 to 1000000'],
    ['create shop --scopes ops --grace-hours 1', 'create takes no --grace-hours'],
    ['rotate shop --grace-hours -1', 'Option'],
    ['rotate shop --grace-hours 9000', '--grace-hours must be a whole number from 0 to 8760'],
    ['revoke shop --scopes ops', 'revoke takes no --scopes'],
    ['list shop', '"shop" is one word too many'],
    ['list --colour', 'Unknown option'],
  ])('refuses "%s"', (line, complaint) => {
    const read = () => readCommand(line.split(' '));
    expect(read).toThrow(UsageError);
    expect(read).toThrow(complaint);
  });

  test('names each scope once, in one order', () => {
    expect(readCommand(['create', 'a', '--scopes', 'ops, orders:read,ops'])).toMatchObject({
      scopes: ['orders:read', 'ops'],
    });
  });
});

test('no two secrets are alike, and only what looks like one has a prefix', () => {
  const made = Array.from({ length: 100 }, newSecret);
  expect(new Set(made.map(({ key }) => key)).size).toBe(100);
  for (const { key, prefix } of made) expect(prefixOf(key)).toBe(prefix);
  const { key } = newSecret();
  for (const other of ['', 'osk_', key.slice(1), `${key}=`, `${key}A`, key.toUpperCase(), `${key}\n`]) {
    expect(prefixOf(other)).toBeUndefined();
  }
});
