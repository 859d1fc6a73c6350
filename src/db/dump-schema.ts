import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The schema that all migrations together make, for people to read and review; committed beside them. */
const schemaFile = fileURLToPath(new URL('./schema.sql', import.meta.url));

const header = '-- What the migrations make. Written by `npm run schema`; change the migrations instead.\n\n';

/** Lines of pg_dump that tell of its version and session rather than of the schema. */
const noise =
  /^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*|CREATE SCHEMA public;)$/gm;

/** Writes `schema.sql` from a migrated database. Needs `pg_dump` on the PATH. */
export async function dumpSchema(databaseUrl: string): Promise<void> {
  const args = ['--schema-only', '--no-owner', '--no-privileges', '--exclude-table=migrations*', databaseUrl];
  const { stdout } = await promisify(execFile)('pg_dump', args);
  const body = stdout
    .replaceAll(noise, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  await writeFile(schemaFile, `${header}${body}\n`);
}

if (import.meta.main) {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set');
  await dumpSchema(url);
}
