import { mkdirSync } from 'node:fs';
import type { Claim } from './supervisor/claim.ts';
import { messageOf } from './supervisor/errors.ts';
import { progress } from './supervisor/progress.ts';
import { builtServerSpec } from './temporal/built-server.ts';
import type { BuiltServer } from './temporal/build.ts';
import { cliServerSpec } from './temporal/cli-server.ts';
import type { Cli } from './temporal/cli.ts';
import { ownServerEnv } from './temporal/client-env.ts';
import { prepareDatabases } from './temporal/database.ts';
import { findServer } from './temporal/find-server.ts';
import { describeServer } from './temporal/namespace.ts';
import type { TemporalOptions } from './temporal/server-part.ts';
import { uiSpec } from './temporal/ui.ts';
import { isAtLeast, oldestServer } from './temporal/versions.ts';

/** A Temporal server, ours or one that ran before us. */
export type Temporal = {
  address: string;
  uiUrl: string | undefined;
  description: string;
  /** The environment in which clients find it. */
  clientEnv: NodeJS.ProcessEnv;
};

/** Finds a server, starts it where it does not run yet, and makes sure of its version and of the namespace. */
export async function startTemporal(options: TemporalOptions, claim: Claim): Promise<Temporal> {
  const found = await findServer(options.env, options.oldest, claim.say);
  if (found.kind === 'running') {
    const uiUrl = options.env['TEMPORAL_UI_URL'];
    const description = await checked(options.env, found.address).catch((error: unknown) => {
      throw new Error(`Temporal at ${found.address}, which TEMPORAL_ADDRESS names: ${messageOf(error)}`, {
        cause: error,
      });
    });
    return { address: found.address, uiUrl, description, clientEnv: options.env };
  }
  const address = `127.0.0.1:${options.ports.temporal}`;
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const env = ownServerEnv(options.env, address, options.directory);
  if (found.kind === 'cli') await startCli(found.cli, { ...options, env }, claim);
  else await startBuilt(found.built, address, { ...options, env }, claim);
  const how = found.kind === 'cli' ? 'Temporal CLI' : 'built from source, on Postgres';
  const uiUrl = options.ui ? `http://localhost:${options.ports.temporalUi}` : undefined;
  const clientEnv = { ...env, ...(uiUrl === undefined ? {} : { TEMPORAL_UI_URL: uiUrl }) };
  return { address, uiUrl, description: await checked(env, how), clientEnv };
}

async function startCli(cli: Cli, options: TemporalOptions, { parts, say }: Claim): Promise<void> {
  await progress(say, 'waiting for Temporal', () => parts.run(cliServerSpec(cli, options)));
}

async function startBuilt(
  built: BuiltServer,
  address: string,
  options: TemporalOptions,
  { parts, say }: Claim,
): Promise<void> {
  const postgres = await options.postgres();
  const ui = { ...options, port: options.ports.temporalUi, temporalAddress: address };
  await progress(say, "preparing Temporal's databases", () => prepareDatabases(built, postgres));
  await progress(say, 'waiting for Temporal', () => parts.run(builtServerSpec(built, postgres, options)));
  if (options.ui) await progress(say, 'waiting for the Temporal Web UI', () => parts.run(uiSpec(built, ui)));
}

/** Says which server answers, and refuses one that is too old. */
async function checked(env: NodeJS.ProcessEnv, how: string): Promise<string> {
  const { address, serverVersion } = await describeServer(env);
  if (!isAtLeast(serverVersion, oldestServer)) {
    throw new Error(
      `Temporal server ${serverVersion} at ${address} is too old: ${oldestServer} is the oldest that works`,
    );
  }
  return `Temporal server ${serverVersion} (${how})`;
}
