import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Temporal's own variables that lead to another server than ours, or ask for TLS or a key that ours does not know. */
const leadsElsewhere = /^TEMPORAL_(ADDRESS|API_KEY|PROFILE|CONFIG_FILE|TLS.*|GRPC_META.*)$/;

/** The environment in which Temporal's clients find the server that is started here, whatever the user's profile says. */
export function ownServerEnv(env: NodeJS.ProcessEnv, address: string, directory: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !leadsElsewhere.test(name));
  const emptyProfile = join(directory, 'client.toml');
  writeFileSync(emptyProfile, '[profile.default]\n');
  return { ...Object.fromEntries(kept), TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: emptyProfile };
}
