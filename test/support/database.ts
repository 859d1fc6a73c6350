import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { migrate } from '../../src/db/migrate.ts';
import { addressOf } from './backing-services.ts';

const migrations = join(import.meta.dirname, '../../src/db/migrations');
/** Any number, as long as every test process takes the same lock. */
const templateLock = 7_415_001;

/** A database of a test file's own. */
export type TestDatabase = {
  url: string;
  pool: Pool;
  /** Ends the pool and removes the database, whoever is still connected. */
  drop: () => Promise<void>;
};

/** Makes a database with every migration applied, as a copy of one that is migrated once for all. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return asAdmin(async (admin) => createFrom(admin, await ensureTemplate(admin)));
}

/** Makes an empty database, to try the migrations themselves on. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return asAdmin((admin) => createFrom(admin, 'template0'));
}

async function createFrom(admin: Client, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = urlOf(name);
  const pool = new Pool({ connectionString: url });
  // A connection that the server ends, as dropping the database does, is reported here and fails no test.
  pool.on('error', () => undefined);
  const drop = async () => {
    await pool.end();
    await asAdmin((again) => again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { url, pool, drop };
}

/** The migrated database's name, which tells its migrations apart from others. */
async function ensureTemplate(admin: Client): Promise<string> {
  const name = `template_${hashOfMigrations()}`;
  await admin.query('SELECT pg_advisory_lock($1)', [templateLock]);
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return name;
    const unfinished = `${name}_unfinished`;
    await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`);
    await migrate(urlOf(unfinished));
    await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
    return name;
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [templateLock]);
  }
}

function hashOfMigrations(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(migrations).toSorted()) {
    hash.update(file).update(readFileSync(join(migrations, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

function urlOf(database: string): string {
  const url = new URL(addressOf('TEST_DATABASE_URL'));
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<Result>(work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ connectionString: addressOf('TEST_DATABASE_URL') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
