import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartSpec } from '../supervisor/part-spec.ts';
import { answersHttp } from '../supervisor/wait-for.ts';
import type { BuiltServer } from './build.ts';

const readyTimeoutMs = 30_000;
const ending = { signal: 'SIGTERM', timeoutMs: 5_000 } as const;

export type UiOptions = {
  directory: string;
  port: number;
  temporalAddress: string;
  namespace: string;
  codecEndpoint?: string | undefined;
  env: NodeJS.ProcessEnv;
};

/** How the Web UI's server is run, on loopback and without a login. */
export function uiSpec(built: BuiltServer, options: UiOptions): PartSpec {
  const { directory, port, temporalAddress, namespace, codecEndpoint, env } = options;
  mkdirSync(directory, { recursive: true });
  const config = {
    temporalGrpcAddress: temporalAddress,
    host: '127.0.0.1',
    port,
    enableUi: true,
    defaultNamespace: namespace,
    disableNewsFetch: true,
    cors: { allowOrigins: [`http://localhost:${port}`, `http://127.0.0.1:${port}`], cookieInsecure: true },
    auth: { enabled: false },
    ...(codecEndpoint === undefined ? {} : { codec: { endpoint: codecEndpoint } }),
    hideLogs: true,
  };
  writeFileSync(join(directory, 'development.yaml'), JSON.stringify(config, undefined, 2));
  return {
    name: 'temporal-ui',
    stage: 2,
    command: built.ui,
    args: ['--root', '/', '--config', directory, '--env', 'development', 'start'],
    env,
    cwd: directory,
    ready: () => answersHttp(`http://127.0.0.1:${port}/healthz`),
    readyTimeoutMs,
    ending,
  };
}
