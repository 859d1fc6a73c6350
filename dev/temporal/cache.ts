import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where servers that were built or downloaded are kept for this user, outside the repository. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'order-saga', 'temporal');
}
