import { join } from 'node:path';
import { frugalMalloc } from '../src/offload/helper.ts';
import type { PartSpec } from './supervisor/part-spec.ts';
import { warningIn } from './supervisor/warnings.ts';
import { answersHttp } from './supervisor/wait-for.ts';

const root = join(import.meta.dirname, '..');
const readyTimeoutMs = 60_000;
/** Beyond the time that the process itself gives to what is in flight. */
const drainMarginMs = 10_000;
const defaultGraceMs = 10_000;

/** What passes through a worker for heavy jobs is not kept: no use in letting much of it pile up (docker-compose.yml). */
const smallMemory = {
  NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=512',
  ...frugalMalloc,
};

/** The service's own. */
export const ownPrograms = { api: 'src/api/main.ts', worker: 'src/worker/main.ts' };

/** An API under its name. It stops before anything else does, so that nothing new comes in. */
export function apiSpec(program: string, env: NodeJS.ProcessEnv, name: string, port: number): PartSpec {
  const own = { ...env, PORT: String(port) };
  return nodeSpec(name, 5, program, own, `http://127.0.0.1:${port}/readyz`);
}

/** A worker under its name, for some of the queues or for all. */
export function workerSpec(
  program: string,
  env: NodeJS.ProcessEnv,
  name: string,
  metricsPort: number,
  queues: readonly string[] | undefined,
): PartSpec {
  const own = {
    ...env,
    METRICS_PORT: String(metricsPort),
    ...(queues && { WORKER_QUEUES: queues.join(',') }),
    ...(queues?.join() === 'heavy' && smallMemory),
  };
  return nodeSpec(name, 4, program, own, `http://127.0.0.1:${metricsPort}/readyz`);
}

function nodeSpec(
  name: string,
  stage: number,
  file: string,
  env: NodeJS.ProcessEnv,
  health: string,
): PartSpec {
  const graceMs = Number(env['SHUTDOWN_GRACE_MS'] || defaultGraceMs);
  return {
    name,
    stage,
    command: process.execPath,
    args: [join(root, file)],
    env,
    cwd: root,
    ready: () => answersHttp(health),
    readyTimeoutMs,
    ending: { signal: 'SIGTERM', timeoutMs: graceMs + drainMarginMs },
    surface: warningIn,
  };
}
