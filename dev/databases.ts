import { join } from 'node:path';
import { answersSql, ensureDatabase, startPostgres, type Postgres } from './postgres.ts';
import type { Claim } from './supervisor/claim.ts';
import { messageOf } from './supervisor/errors.ts';

const serviceDatabase = 'order_saga';

/** The service's database, and a server of our own for whoever needs one. */
export type Databases = { serviceUrl: string; description: string; ownServer: () => Promise<Postgres> };

export type DatabasesOptions = {
  directory: string;
  port: number;
  disposable: boolean;
  env: NodeJS.ProcessEnv;
};

/**
 * The database that `DATABASE_URL` names, or one on a server of our own. That server is started when it is asked for:
 * beside a database of the user's it may still have to hold Temporal's.
 */
export async function openDatabases(options: DatabasesOptions, claim: Claim): Promise<Databases> {
  let started: Promise<Postgres> | undefined;
  const directory = join(options.directory, 'postgres');
  const ownServer = () => (started ??= startPostgres({ ...options, directory }, claim));
  const named = options.env['DATABASE_URL'];
  if (named) {
    await reach(named);
    return { serviceUrl: named, description: 'Postgres as DATABASE_URL says', ownServer };
  }
  const server = await ownServer();
  await ensureDatabase(server.url('postgres'), serviceDatabase);
  return { serviceUrl: server.url(serviceDatabase), description: server.description, ownServer };
}

async function reach(url: string): Promise<void> {
  try {
    await answersSql(url);
  } catch (error) {
    throw new Error(`the database that DATABASE_URL names can't be reached: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
