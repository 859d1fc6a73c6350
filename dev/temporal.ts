import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from './ports.ts';
import type { Postgres } from './postgres.ts';
import { Part, type PartHost, type PartSpec } from './supervisor/part.ts';
import { progress } from './supervisor/progress.ts';
import { writeServerConfig } from './temporal/built-server.ts';
import type { BuiltServer } from './temporal/build.ts';
import type { Cli } from './temporal/cli.ts';
import { prepareDatabases } from './temporal/database.ts';
import { findServer } from './temporal/find-server.ts';
import { describeServer, ensureNamespace } from './temporal/namespace.ts';
import { uiPart } from './temporal/ui.ts';
import { isAtLeast, oldestServer } from './temporal/versions.ts';

const readyTimeoutMs = 90_000;
const ending = { signal: 'SIGTERM', timeoutMs: 30_000 } as const;

export type TemporalOptions = {
  directory: string;
  ports: Ports;
  postgres: Postgres;
  namespace: string;
  /** Whether the Web UI is wanted. */
  ui: boolean;
  /** The oldest server that will do. */
  oldest: string;
  dynamicConfig: Readonly<Record<string, boolean | number>>;
  env: NodeJS.ProcessEnv;
};

/** A Temporal server, ours or one that ran before us, for which there are no parts. */
export type Temporal = { address: string; uiUrl: string | undefined; parts: Part[]; description: string };

/** Finds a server, starts it where it does not run yet, and makes sure of its version and of the namespace. */
export async function startTemporal(options: TemporalOptions, host: PartHost): Promise<Temporal> {
  const found = await findServer(options.env, options.oldest, host.say);
  if (found.kind === 'running') {
    const description = await checked(found.address, found.address);
    return { address: found.address, uiUrl: options.env['TEMPORAL_UI_URL'], parts: [], description };
  }
  const address = `127.0.0.1:${options.ports.temporal}`;
  const parts = await startParts(found, address, options, host);
  const how = found.kind === 'cli' ? 'Temporal CLI' : 'built from source, on Postgres';
  const uiUrl = options.ui ? `http://127.0.0.1:${options.ports.temporalUi}` : undefined;
  return { address, uiUrl, parts, description: await checked(address, how) };
}

async function startParts(
  found: { kind: 'cli'; cli: Cli } | { kind: 'built'; built: BuiltServer },
  address: string,
  options: TemporalOptions,
  host: PartHost,
): Promise<Part[]> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  if (found.kind === 'cli') {
    const part = new Part(cliSpec(found.cli, address, options), host);
    await progress(host.say, 'waiting for Temporal', () => part.start());
    return [part];
  }
  const { built } = found;
  await progress(host.say, "preparing Temporal's databases", () => prepareDatabases(built, options.postgres));
  const server = new Part(builtSpec(built, address, options), host);
  const ui = uiPart(built, { ...options, port: options.ports.temporalUi, temporalAddress: address }, host);
  const parts = options.ui ? [server, ui] : [server];
  await progress(host.say, 'waiting for Temporal', () => Promise.all(parts.map((part) => part.start())));
  return parts;
}

/** Says which server answers, and refuses one that is too old. */
async function checked(address: string, how: string): Promise<string> {
  const { serverVersion } = await describeServer(address);
  if (!isAtLeast(serverVersion, oldestServer)) {
    throw new Error(
      `Temporal server ${serverVersion} at ${address} is too old: ${oldestServer} is the oldest that works`,
    );
  }
  return `Temporal server ${serverVersion} (${how})`;
}

/** The server answers calls, and the namespace is one that it serves. */
function ready({ namespace }: TemporalOptions, address: string) {
  return async () => {
    await describeServer(address);
    await ensureNamespace(address, namespace);
    return true;
  };
}

function builtSpec(built: BuiltServer, address: string, options: TemporalOptions): PartSpec {
  const config = writeServerConfig(options.directory, options.ports, options.postgres, options.dynamicConfig);
  return {
    name: 'temporal',
    stage: 1,
    command: built.server,
    args: ['--config-file', config, '--allow-no-auth', 'start'],
    env: options.env,
    cwd: options.directory,
    ready: ready(options, address),
    readyTimeoutMs,
    ending,
    surface: (line) => (/"level":"(fatal|panic)"/.test(line) ? line : undefined),
  };
}

function cliSpec(cli: Cli, address: string, options: TemporalOptions): PartSpec {
  const { directory, ports, namespace, dynamicConfig } = options;
  const settings = Object.entries(dynamicConfig).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${JSON.stringify(value)}`,
  ]);
  const ui = options.ui ? ['--ui-port', String(ports.temporalUi)] : ['--headless'];
  const flags = Object.entries({
    ip: '127.0.0.1',
    port: String(ports.temporal),
    namespace,
    'db-filename': join(directory, 'temporal.db'),
    'log-level': 'warn',
    'log-format': 'json',
  }).flatMap(([name, value]) => [`--${name}`, value]);
  return {
    name: 'temporal',
    stage: 1,
    command: cli.program,
    args: ['server', 'start-dev', ...flags, ...ui, ...settings],
    env: options.env,
    cwd: directory,
    ready: ready(options, address),
    readyTimeoutMs,
    ending,
  };
}
