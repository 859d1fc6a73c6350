import { ensureDatabase, type Postgres } from '../postgres.ts';
import { runCommand } from '../supervisor/run-command.ts';
import type { BuiltServer } from './build.ts';

const toolTimeoutMs = 60_000;

/** The server's two databases and the schema of each, by the names that its tool has for them. */
export const databases = {
  temporal: 'postgresql/v12/temporal',
  temporal_visibility: 'postgresql/v12/visibility',
};

/** Makes the server's databases where they are missing and brings their schemas up to its version. */
export async function prepareDatabases(built: BuiltServer, postgres: Postgres): Promise<void> {
  await Promise.all(
    Object.entries(databases).map(async ([database, schema]) => {
      await ensureDatabase(postgres.url('postgres'), database);
      const run = sqlTool(built, postgres.url(database));
      await run('setup-schema', '--version', '0.0');
      await run('update-schema', '--schema-name', schema);
    }),
  );
}

function sqlTool(built: BuiltServer, databaseUrl: string) {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const env = {
    SQL_PLUGIN: 'postgres12_pgx',
    SQL_HOST: hostname,
    SQL_PORT: port,
    SQL_USER: username,
    SQL_PASSWORD: password,
    SQL_DATABASE: pathname.slice(1),
  };
  return (...args: string[]) => runCommand(built.sqlTool, args, { env, timeoutMs: toolTimeoutMs });
}
