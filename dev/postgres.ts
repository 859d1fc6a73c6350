import { Client } from 'pg';
import { inheritedDirectory, openCluster, superuser, type Cluster } from './postgres/cluster.ts';
import { clearStaleLock } from './postgres/stale-lock.ts';
import type { Claim } from './supervisor/claim.ts';
import type { PartSpec } from './supervisor/part-spec.ts';
import { progress } from './supervisor/progress.ts';

const readyTimeoutMs = 60_000;
const connectTimeoutMs = 2_000;
/** SIGINT is Postgres's fast shutdown: it ends the connections and writes everything out. */
const ending = { signal: 'SIGINT', timeoutMs: 30_000 } as const;

/** What every server here runs with. Temporal's four services and ours hold pools of their own, hence the connections. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '400',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] ',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
/** For data that is thrown away: nothing waits for the disk. A commit still outlives the server, if not the machine. */
const disposableSettings = { fsync: 'off', full_page_writes: 'off' };

export type PostgresOptions = {
  directory: string;
  port: number;
  /** Gives up safety against a crash of the machine for speed, not against one of the server. */
  disposable: boolean;
  env: NodeJS.ProcessEnv;
};

/** A running server. */
export type Postgres = {
  /** What it is, for people. */
  description: string;
  /** The address of one of its databases, with the superuser's name and password. */
  url: (database: string) => string;
};

/** Opens or makes the cluster in the directory and starts its server. */
export async function startPostgres(options: PostgresOptions, { parts, say }: Claim): Promise<Postgres> {
  const cluster = await progress(say, "making Postgres's data directory", () =>
    openCluster(options.directory, options.env),
  );
  const url = (database: string) =>
    `postgres://${superuser}:${cluster.password}@127.0.0.1:${options.port}/${database}`;
  await progress(say, 'starting Postgres', () => parts.run(partSpec(options, cluster, url('postgres'))));
  return { url, description: `Postgres ${cluster.major}${cluster.embedded ? ' (embedded)' : ''}` };
}

/** Makes a database where it is missing. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}

export async function answersSql(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await client.query('SELECT 1')).rowCount === 1);
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function partSpec(options: PostgresOptions, cluster: Cluster, adminUrl: string): PartSpec {
  const all = { ...settings, port: String(options.port), ...(options.disposable ? disposableSettings : {}) };
  const directory = cluster.owner === undefined ? cluster.dataDir : inheritedDirectory;
  return {
    name: 'postgres',
    stage: 0,
    command: cluster.program,
    args: ['-D', directory, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: options.env,
    cwd: '/',
    ...(cluster.owner === undefined ? {} : { user: cluster.owner, inherit: cluster.dataDir }),
    prepare: () => clearStaleLock(cluster.dataDir),
    ready: () => answersSql(adminUrl),
    readyTimeoutMs,
    ending,
    surface: (line) => (/ (FATAL|PANIC): /.test(line) ? line : undefined),
  };
}
