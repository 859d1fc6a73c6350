/**
 * `npm run schemathesis`: holds the API as shipped, on a Postgres and a Temporal of its own, to its OpenAPI document: first as
 * everybody, while there is no key, then with a key. Arguments go to Schemathesis. Exits with 1 when it finds anything.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startConstellation } from '../../dev/constellation.ts';
import { messageOf } from '../../dev/supervisor/errors.ts';
import { stopRequest } from '../../dev/supervisor/signals.ts';
import { lockWithKey } from './api-key.ts';
import { installSchemathesis } from './install.ts';

/** Of each of the two runs, which take a minute: one that is not over by then hangs. */
const giveUpAfterMs = 5 * 60_000;

const serviceEnv = {
  // A flood is what this is.
  RATE_LIMIT_PER_KEY: '1000000',
  RATE_LIMIT_PER_ADDRESS: '1000000',
  PAYLOAD_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1',
};

/** Nobody says who they are, and all are let in; what the endpoints themselves do is tried in full by the other run. */
const openArgs = [
  '--generation-with-security-parameters=false',
  '--exclude-checks=ignored_auth',
  '--max-examples=10',
];

const config = join(import.meta.dirname, 'schemathesis.toml');
const scratch = mkdtempSync(join(tmpdir(), 'order-saga-schemathesis-'));
const stop = stopRequest();
let failed = true;
try {
  const program = await installSchemathesis(process.env);
  const service = await startConstellation({
    dataDir: join(scratch, 'data'),
    env: { ...process.env, ...serviceEnv },
    say: sayUnlessWarned,
    ports: 'any',
    disposable: true,
    signal: stop.signal,
  });
  const { api, database } = service.urls;
  const open = await schemathesis('without keys', program, api, openArgs);
  const authorization = await lockWithKey(api, database);
  const locked = await schemathesis('with a key', program, api, ['--header', authorization]);
  failed = open !== 0 || locked !== 0;
  await service.stop();
} catch (error) {
  console.error(messageOf(error));
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

/** Every request that is refused on purpose would be a line. */
function sayUnlessWarned(line: string): void {
  if (!line.includes(' WARN ')) console.log(line);
}

/** Gives the exit code. */
async function schemathesis(
  title: string,
  program: string,
  api: string,
  args: readonly string[],
): Promise<number> {
  console.log(`\n${title}`);
  const all = ['--config-file', config, 'run', `${api}/openapi.json`, ...args, ...process.argv.slice(2)];
  const child = spawn(program, all, { cwd: scratch, stdio: 'inherit', timeout: giveUpAfterMs });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
