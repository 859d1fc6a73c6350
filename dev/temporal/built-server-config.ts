import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../ports.ts';
import type { Postgres } from '../postgres.ts';
import { databases } from './database.ts';

/** Fixed for the life of the data. */
const historyShards = 4;
const maxConnections = { temporal: 20, temporal_visibility: 10 };

/** Writes the server's configuration, JSON being YAML, and its settings into a directory. */
export function writeServerConfig(
  directory: string,
  ports: Ports,
  postgres: Postgres,
  dynamicConfig: Readonly<Record<string, boolean | number>>,
): string {
  const dynamicFile = join(directory, 'dynamic-config.yaml');
  const settings = Object.entries(dynamicConfig).map(([name, value]) => [name, [{ value }]]);
  writeFileSync(dynamicFile, JSON.stringify(Object.fromEntries(settings), undefined, 2));
  const file = join(directory, 'server.yaml');
  const config = serverConfig(ports, postgres, dynamicFile);
  writeFileSync(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return file;
}

function serverConfig(ports: Ports, postgres: Postgres, dynamicFile: string) {
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'temporal',
      visibilityStore: 'temporal_visibility',
      numHistoryShards: historyShards,
      datastores: {
        temporal: { sql: store(postgres, 'temporal') },
        temporal_visibility: { sql: store(postgres, 'temporal_visibility') },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: rpc(ports.temporal, ports.temporalFrontendMembership, { httpPort: ports.temporalHttp }),
      history: rpc(ports.temporalHistory, ports.temporalHistoryMembership),
      matching: rpc(ports.temporalMatching, ports.temporalMatchingMembership),
      worker: rpc(ports.temporalWorker, ports.temporalWorkerMembership),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.temporal}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicFile, pollInterval: '10s' },
  };
}

function store(postgres: Postgres, database: keyof typeof databases) {
  const { host, username, password } = new URL(postgres.url(database));
  return {
    // This driver prepares its statements; the one called postgres12 has each parsed anew.
    pluginName: 'postgres12_pgx',
    databaseName: database,
    connectAddr: host,
    connectProtocol: 'tcp',
    user: username,
    password,
    maxConns: maxConnections[database],
    maxIdleConns: maxConnections[database],
    maxConnLifetime: '1h',
  };
}

function rpc(grpcPort: number, membershipPort: number, more: { httpPort?: number } = {}) {
  return { rpc: { grpcPort, membershipPort, bindOnLocalHost: true, ...more } };
}
