import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { runner } from 'node-pg-migrate';

const migrationsDir = fileURLToPath(new URL('./migrations', import.meta.url));

/** One lock for all starters: the first migrates, the others wait and find nothing left to do. */
const migrationLock = 7_245_001;

/**
 * Brings the database to the newest schema. Forward only; safe when many processes start at once.
 * Gives the names of the migrations it ran.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'order-saga-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const done = await runner({
      dbClient: client,
      dir: migrationsDir,
      direction: 'up',
      migrationsTable: 'migrations',
      noLock: true,
      checkOrder: true,
      log: () => undefined,
    });
    return done.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

if (import.meta.main) {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set');
  const done = await migrate(url);
  process.stdout.write(done.length > 0 ? `migrated: ${done.join(', ')}\n` : 'the schema is up to date\n');
}
