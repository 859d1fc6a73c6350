import type { Postgres } from '../postgres.ts';
import type { PartSpec } from '../supervisor/part-spec.ts';
import type { BuiltServer } from './build.ts';
import { writeServerConfig } from './built-server-config.ts';
import { serverPart, type TemporalOptions } from './server-part.ts';

/** How a server that was built from source is run: all its services in one process, its data in Postgres. */
export function builtServerSpec(built: BuiltServer, postgres: Postgres, options: TemporalOptions): PartSpec {
  const config = writeServerConfig(options.directory, options.ports, postgres, options.dynamicConfig);
  return {
    ...serverPart(options),
    command: built.server,
    args: ['--config-file', config, '--allow-no-auth', 'start'],
    surface: (line) => (/"level":"(fatal|panic)"/.test(line) ? line : undefined),
  };
}
