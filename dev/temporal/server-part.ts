import type { Ports } from '../ports.ts';
import type { Postgres } from '../postgres.ts';
import type { PartSpec } from '../supervisor/part-spec.ts';
import { describeServer, ensureNamespace } from './namespace.ts';

const readyTimeoutMs = 90_000;
const ending = { signal: 'SIGTERM', timeoutMs: 30_000 } as const;

/** What a Temporal server is started with. */
export type TemporalOptions = {
  directory: string;
  ports: Ports;
  /** The server for Temporal's databases, started when it is needed. */
  postgres: () => Promise<Postgres>;
  namespace: string;
  /** Whether the Web UI is wanted. */
  ui: boolean;
  /** Where the Web UI has encrypted payloads opened; undefined where nothing is encrypted. */
  codecEndpoint?: string | undefined;
  /** The oldest server that will do. */
  oldest: string;
  dynamicConfig: Readonly<Record<string, boolean | number>>;
  env: NodeJS.ProcessEnv;
};

/** What is the same for every kind of server: it is ready when it answers calls and serves the namespace. */
export function serverPart({ namespace, env, directory }: TemporalOptions) {
  const ready = async () => {
    await describeServer(env);
    await ensureNamespace(env, namespace);
    return true;
  };
  return {
    name: 'temporal',
    stage: 1,
    env,
    cwd: directory,
    ready,
    readyTimeoutMs,
    ending,
  } satisfies Partial<PartSpec>;
}
