import { join } from 'node:path';
import { migrate } from '../src/db/migrate.ts';
import { anyPorts, choosePorts } from './choose-ports.ts';
import { openDatabases, type Databases } from './databases.ts';
import type { Ports } from './ports.ts';
import { prepareCode } from './prepared-code.ts';
import { sandbox } from './sandbox.ts';
import { seed } from './seed.ts';
import { serviceProcesses } from './service-processes.ts';
import { untilAborted } from './supervisor/abort.ts';
import { claim, type Claim } from './supervisor/claim.ts';
import type { Part } from './supervisor/part.ts';
import { progress, type Say } from './supervisor/progress.ts';
import { startTemporal } from './temporal.ts';
import { dynamicConfig } from './temporal/dynamic-config.ts';
import { oldestServer } from './temporal/versions.ts';

export type ConstellationOptions = {
  /** Where data, logs and the choice of ports are kept; locked for as long as the constellation runs. */
  dataDir: string;
  /** The environment as the user has set it: what it names is used, what it does not is started. */
  env: NodeJS.ProcessEnv;
  say: Say;
  /** `remembered`: the defaults or what was used here before. `any`: whatever is free, for tests. */
  ports: 'remembered' | 'any';
  /** The data is removed in the end, and nothing waits for the disk. */
  disposable: boolean;
  /** How many APIs and workers there are; one and two unless said otherwise, and one for heavy jobs alone. */
  apis?: number | undefined;
  workers?: number | undefined;
  heavy?: number | undefined;
  /** What runs as API and as worker, from the project's root on; the service's own unless said otherwise. */
  programs?: { api: string; worker: string } | undefined;
  /** Gives the address (`host:port`) by which the service reaches a server, where that is not the server's own. */
  detour?: (to: 'postgres' | 'temporal', address: string) => Promise<string>;
  /** Gives up the start, and ends what has been started. */
  signal?: AbortSignal;
};

/** Everything that runs, and where. */
export type Constellation = {
  urls: {
    /** The first of the APIs, to which the providers' webhooks go. */
    api: string;
    apis: string[];
    temporalUi: string | undefined;
    inbox: string | undefined;
    stripe: string | undefined;
    easypost: string | undefined;
    metrics: string[];
    database: string;
  };
  temporalAddress: string;
  /** The environment that APIs and workers run with, but for their ports. */
  variables: NodeJS.ProcessEnv;
  /** Which Postgres and which Temporal these are, for people. */
  descriptions: string[];
  /**
   * One of `postgres`, `temporal`, `temporal-ui`, `stripe`, `easypost`, `mail`, `worker-1`, `worker-2`, …, `heavy-1`, `api` (`api-1`,
   * `api-2`, … where there are several): to kill it, which brings it back, or to stop it and start it again. There is none
   * for what ran before.
   */
  part: (name: string) => Part;
  /** Drains and ends everything in order. */
  stop: () => Promise<void>;
};

/** Starts everything, in order, and resolves when all of it is ready. */
export async function startConstellation(options: ConstellationOptions): Promise<Constellation> {
  const claimed = await claim(options.dataDir, options.say, options.disposable);
  try {
    return await untilAborted(start(options, claimed), options.signal);
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

async function start(options: ConstellationOptions, claimed: Claim): Promise<Constellation> {
  const { directory, parts, record, say } = claimed;
  const ports =
    options.ports === 'any'
      ? await anyPorts()
      : await choosePorts(join(directory, 'ports.json'), options.env);
  const env = serviceEnv(options.env);
  const databases = await openDatabases({ ...options, directory, port: ports.postgres }, claimed);
  const stand = sandbox(env, ports, join(directory, 'sandbox'));
  const [temporal, prepared] = await Promise.all([
    startTemporal(temporalOptions(env, directory, ports, databases), claimed),
    prepareCode(env, say),
    progress(say, 'starting the sandbox', () => Promise.all(stand.specs.map((spec) => parts.run(spec)))),
    prepareDatabase(databases.serviceUrl, say),
  ] as const);
  const variables = {
    ...temporal.clientEnv,
    ...stand.variables,
    ...prepared,
    ...(await addresses(databases.serviceUrl, temporal.address, options.detour)),
  };
  const processes = await serviceProcesses(variables, ports, options);
  await progress(say, `starting ${processes.description}`, () =>
    Promise.all(processes.specs.map((spec) => parts.run(spec))),
  );
  const [api = ''] = processes.apis;
  record.announce(api);
  return {
    urls: {
      api,
      apis: processes.apis,
      temporalUi: temporal.uiUrl,
      inbox: stand.inboxUrl,
      stripe: stand.variables['STRIPE_API_BASE'],
      easypost: stand.variables['EASYPOST_API_BASE'],
      metrics: processes.metrics,
      database: databases.serviceUrl,
    },
    temporalAddress: temporal.address,
    variables,
    descriptions: [databases.description, temporal.description],
    part: (name) => parts.get(name),
    stop: claimed.release,
  };
}

/** Where the service finds its database and Temporal. */
async function addresses(
  databaseUrl: string,
  temporalAddress: string,
  detour: ConstellationOptions['detour'],
): Promise<NodeJS.ProcessEnv> {
  if (detour === undefined) return { DATABASE_URL: databaseUrl };
  const database = new URL(databaseUrl);
  database.host = await detour('postgres', database.host);
  return { DATABASE_URL: database.href, TEMPORAL_ADDRESS: await detour('temporal', temporalAddress) };
}

function serviceEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const onThisMachine = { HOST: '127.0.0.1', WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8,::1' };
  return { NODE_ENV: 'development', ...onThisMachine, ...env, LOG_FORMAT: 'json' };
}

function temporalOptions(env: NodeJS.ProcessEnv, directory: string, ports: Ports, databases: Databases) {
  return {
    directory: join(directory, 'temporal'),
    ports,
    postgres: databases.ownServer,
    namespace: env['TEMPORAL_NAMESPACE'] || 'default',
    ui: true,
    codecEndpoint: env['PAYLOAD_ENCRYPTION_KEYS'] ? `http://localhost:${ports.api}/codec` : undefined,
    oldest: oldestServer,
    dynamicConfig,
    env,
  };
}

async function prepareDatabase(url: string, say: Say): Promise<void> {
  await progress(say, 'bringing the database up to date', async () => {
    await migrate(url);
    await seed(url);
  });
}
