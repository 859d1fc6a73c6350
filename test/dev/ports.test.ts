import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anyPorts, choosePorts } from '../../dev/choose-ports.ts';
import { portNames } from '../../dev/ports.ts';

let directory: string;
let file: string;
const servers: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'order-saga-ports-'));
  file = join(directory, 'ports.json');
});
afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
  rmSync(directory, { recursive: true, force: true });
});

test('what was used before is used again', async () => {
  const first = await choosePorts(file, {});
  expect(await choosePorts(file, {})).toEqual(first);
});

test('a port that somebody has taken meanwhile is replaced by the next free one, and the others stay', async () => {
  const first = await choosePorts(file, {});
  await take(first.inbox);
  const second = await choosePorts(file, {});
  expect(second.inbox).toBeGreaterThan(first.inbox);
  expect({ ...second, inbox: 0 }).toEqual({ ...first, inbox: 0 });
});

test('a port that is asked for is used, and is refused when it is taken', async () => {
  const { api: port } = await anyPorts();
  expect((await choosePorts(file, { PORT: String(port) })).api).toBe(port);
  await take(port);
  await expect(choosePorts(file, { PORT: String(port) })).rejects.toThrow(
    `Port ${port}, which PORT asks for, is taken.`,
  );
});

test('a port that is taken on the IPv6 loopback address counts as taken', async () => {
  const { api: port } = await anyPorts();
  await take(port, '::1');
  await expect(choosePorts(file, { PORT: String(port) })).rejects.toThrow('is taken');
});

test('what is no port number is named as such', async () => {
  await expect(choosePorts(file, { PORT: '70000' })).rejects.toThrow(
    'PORT is "70000", which is no port number.',
  );
});

test('every part has a port of its own', async () => {
  for (const ports of [await choosePorts(file, {}), await anyPorts()]) {
    expect(new Set(portNames.map((name) => ports[name])).size).toBe(portNames.length);
  }
});

async function take(port: number, host = '127.0.0.1'): Promise<void> {
  const server = createServer().listen(port, host);
  servers.push(server);
  await once(server, 'listening');
}
