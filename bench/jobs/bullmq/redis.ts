import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { waitFor } from '../../../dev/supervisor/wait-for.ts';

/** When Redis has written its log to the disk: before it answers, or within a second, which a crash can lose. */
export const syncs = ['everysec', 'always'] as const;
export type Sync = (typeof syncs)[number];

export interface RedisServer {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

const readyTimeoutMs = 10_000;

/** The version of the server that is installed; undefined where none is. */
export function redisVersion(): string | undefined {
  try {
    const said = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
    return /v=(\S+)/.exec(said)?.[1] ?? said.trim();
  } catch {
    return undefined;
  }
}

/** A server on a free port, its data in a folder that goes with it. */
export async function startRedis(sync: Sync): Promise<RedisServer> {
  const port = await getPort({ host: '127.0.0.1' });
  const directory = mkdtempSync(join(tmpdir(), 'order-saga-redis-'));
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    appendonly: 'yes',
    appendfsync: sync,
    save: '',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const gone = once(server, 'exit');
  const removeAll = () => {
    server.kill();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', removeAll); // Of a bench that is ended from outside.
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 100 });
  redis.on('error', () => undefined);
  try {
    await waitFor('Redis answers', async () => (await redis.ping()) === 'PONG', readyTimeoutMs);
  } finally {
    redis.disconnect();
  }
  return {
    port,
    pid: server.pid ?? 0,
    async close() {
      process.off('exit', removeAll);
      server.kill();
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
