import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning } from './running.ts';
import { anyPorts } from '../../dev/choose-ports.ts';
import { claim, type Claim } from '../../dev/supervisor/claim.ts';
import { serverSpec } from './fixtures/server-spec.ts';

const killedAfterMs = 300;
const backInMs = 20_000;

let claimed: Claim;
let said: string[];
let port: number;

beforeEach(async () => {
  said = [];
  claimed = await claim(mkdtempSync(join(tmpdir(), 'order-saga-part-')), (line) => said.push(line), true);
  ({ api: port } = await anyPorts());
});
afterEach(() => claimed.release());

test('a part that is killed comes back, and both are said', async () => {
  const part = await claimed.parts.run(serverSpec(port));
  const first = part.pid;
  part.kill('SIGKILL');
  await expect.poll(() => part.pid !== first && part.isReady, { timeout: backInMs }).toBe(true);
  expect(said).toEqual([
    'server died of SIGKILL; starting it again in 0.25 s',
    `server is back (pid ${part.pid})`,
  ]);
});

test('a part that does not come back is tried again with longer and longer pauses', async () => {
  let broken = false;
  const prepare = async () => {
    if (broken) throw new Error('no ground to stand on');
  };
  const part = await claimed.parts.run(serverSpec(port, {}, { prepare }));
  broken = true;
  part.kill('SIGKILL');
  await expect.poll(() => said.length, { timeout: backInMs }).toBe(3);
  broken = false;
  await part.untilReady();
  expect(said.slice(0, 3)).toEqual([
    'server died of SIGKILL; starting it again in 0.25 s',
    'no ground to stand on; starting it again in 0.5 s',
    'no ground to stand on; starting it again in 1 s',
  ]);
});

test('a part that ends while it starts fails the start with its last lines', async () => {
  await expect(claimed.parts.run(serverSpec(port, { FAIL: 'yes' }))).rejects.toThrow(
    /server ended with code 3 while starting.*about to fail/s,
  );
  expect(claimed.parts.get('server').pid).toBeUndefined();
});

test('a part that starts but is never ready fails the start and is ended', async () => {
  const never = { ready: async () => false, readyTimeoutMs: 1_000 };
  await expect(claimed.parts.run(serverSpec(port, {}, never))).rejects.toThrow(
    /server is not ready.*within 1 s/,
  );
  expect(claimed.parts.get('server').pid).toBeUndefined();
});

test('a part is drained when it is stopped, stays away, and can be started again', async () => {
  const part = await claimed.parts.run(serverSpec(port, { DRAIN_MS: '200' }));
  const first = part.pid;
  await part.stop();
  expect(isRunning(first)).toBe(false);
  expect(readFileSync(join(claimed.directory, 'logs/server.log'), 'utf8')).toContain('drained');
  await part.start();
  expect(part.pid).not.toBe(first);
  expect(said).toEqual([]);
});

test('a part that ignores the request to stop is killed when its time is up', async () => {
  const ending = { signal: 'SIGTERM', timeoutMs: killedAfterMs } as const;
  const part = await claimed.parts.run(serverSpec(port, { STUBBORN: 'yes' }, { ending }));
  const { pid } = part;
  await part.stop();
  expect(isRunning(pid)).toBe(false);
  expect(said).toEqual(['server did not stop in time and was killed']);
});

test('parts stop by stage, the highest first and the next one only after it', async () => {
  const ports = await anyPorts();
  const low = await claimed.parts.run(serverSpec(ports.api, {}, { name: 'low', stage: 1 }));
  const high = await claimed.parts.run(
    serverSpec(ports.stripe, { DRAIN_MS: '300' }, { name: 'high', stage: 2 }),
  );
  const stopping = claimed.parts.stop();
  await expect.poll(() => high.pid, { interval: 10 }).toBeUndefined();
  expect(low.pid).toBeDefined();
  await stopping;
  expect(low.pid).toBeUndefined();
});

test('nothing is started any more once everything is being stopped', async () => {
  await claimed.parts.stop();
  await expect(claimed.parts.run(serverSpec(port))).rejects.toThrow('everything is being stopped');
});
