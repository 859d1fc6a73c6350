import { join } from 'node:path';
import type { PartSpec } from '../supervisor/part-spec.ts';
import type { Cli } from './cli.ts';
import { serverPart, type TemporalOptions } from './server-part.ts';

/** How the CLI's development server is run: with its data in a file, and its Web UI inside. */
export function cliServerSpec(cli: Cli, options: TemporalOptions): PartSpec {
  const { directory, ports, namespace, codecEndpoint, dynamicConfig } = options;
  const settings = Object.entries(dynamicConfig).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${JSON.stringify(value)}`,
  ]);
  const ui = options.ui ? ['--ui-port', String(ports.temporalUi)] : ['--headless'];
  const codec = options.ui && codecEndpoint !== undefined ? ['--ui-codec-endpoint', codecEndpoint] : [];
  const flags = Object.entries({
    ip: '127.0.0.1',
    port: String(ports.temporal),
    namespace,
    'db-filename': join(directory, 'temporal.db'),
    'log-level': 'warn',
    'log-format': 'json',
  }).flatMap(([name, value]) => [`--${name}`, value]);
  return {
    ...serverPart(options),
    command: cli.program,
    args: ['server', 'start-dev', ...flags, ...ui, ...codec, ...settings],
  };
}
