import type { Say } from '../supervisor/progress.ts';
import { build, findBuilt, hasGo, type BuiltServer } from './build.ts';
import { downloadCli, findCli, findDownloaded, type Cli } from './cli.ts';
import { isAtLeast, serverVersion } from './versions.ts';

/** A server that runs already, the CLI's development server, or one built from source. */
export type FoundServer =
  { kind: 'running'; address: string } | { kind: 'cli'; cli: Cli } | { kind: 'built'; built: BuiltServer };

/**
 * Looks for a Temporal server: `TEMPORAL_ADDRESS`, the CLI (`TEMPORAL_CLI_PATH`, the PATH), what an earlier start
 * downloaded or built, the official download, a build with Go.
 *
 * @param oldest a CLI with an older server than this is passed over.
 */
export async function findServer(env: NodeJS.ProcessEnv, oldest: string, say: Say): Promise<FoundServer> {
  if (env['TEMPORAL_ADDRESS']) return { kind: 'running', address: env['TEMPORAL_ADDRESS'] };
  const fits = (cli: Cli | undefined): cli is Cli =>
    cli !== undefined && isAtLeast(cli.serverVersion, oldest);
  const installed = findCli(env);
  if (fits(installed)) return { kind: 'cli', cli: installed };
  const built = findBuilt(env);
  if (built !== undefined) return { kind: 'built', built };
  const downloaded = findDownloaded(env) ?? (await downloadCli(env, say));
  if (fits(downloaded)) return { kind: 'cli', cli: downloaded };
  if (hasGo(env)) return { kind: 'built', built: await build(env, say) };
  throw new Error(
    [
      `There is no Temporal server of version ${oldest} or newer to run. Any one of these helps:`,
      '  - TEMPORAL_ADDRESS=host:port, the address of a server that runs already;',
      '  - the Temporal CLI on the PATH, or its file named by TEMPORAL_CLI_PATH;',
      '  - a way to https://temporal.download, from where the CLI is fetched;',
      `  - the Go toolchain on the PATH, with which the server ${serverVersion} is built.`,
    ].join('\n'),
  );
}
