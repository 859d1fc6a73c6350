import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findServer } from '../../dev/temporal/find-server.ts';
import { isAtLeast } from '../../dev/temporal/versions.ts';

const oldest = '1.29.0';

let directory: string;
/** Neither a CLI, nor Go, nor anything cached. */
let bare: NodeJS.ProcessEnv;
const say = () => undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'order-saga-find-'));
  bare = { PATH: join(directory, 'bin'), XDG_CACHE_HOME: join(directory, 'cache') };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a server that runs already comes first', async () => {
  const cli = program('bin', 'temporal', cliVersion('1.32.0'));
  expect(
    await findServer({ ...bare, TEMPORAL_ADDRESS: 'there:7233', TEMPORAL_CLI_PATH: cli }, oldest, say),
  ).toEqual({
    kind: 'running',
    address: 'there:7233',
  });
});

test('the CLI that is named comes before the one on the PATH', async () => {
  program('bin', 'temporal', cliVersion('1.31.0'));
  const named = program('elsewhere', 'temporal', cliVersion('1.30.0'));
  expect(await findServer({ ...bare, TEMPORAL_CLI_PATH: named }, oldest, say)).toEqual({
    kind: 'cli',
    cli: { program: named, serverVersion: '1.30.0' },
  });
  expect(await findServer(bare, oldest, say)).toMatchObject({ cli: { serverVersion: '1.31.0' } });
});

test('a CLI whose server is too old is passed over for a server that was built before', async () => {
  program('bin', 'temporal', cliVersion('1.28.0'));
  const built = 'cache/order-saga/temporal/server-1.32.0-ui-2.54.1';
  const server = program(`${built}/server`, 'server', '');
  program(`${built}/server`, 'sql', '');
  program(`${built}/ui`, 'server', '');
  expect(await findServer(bare, oldest, say)).toMatchObject({ kind: 'built', built: { server } });
});

test('a named CLI that does not run is an error, not passed over', async () => {
  await expect(findServer({ ...bare, TEMPORAL_CLI_PATH: '/nowhere/temporal' }, oldest, say)).rejects.toThrow(
    'TEMPORAL_CLI_PATH is /nowhere/temporal, which is no Temporal CLI that runs here',
  );
});

test.for([
  ['1.32.0', '1.29.0', true],
  ['1.29.0', '1.29.0', true],
  ['1.29.0-rc.1', '1.29.0', true],
  ['1.28.9', '1.29.0', false],
  ['1.9.0', '1.29.0', false],
  ['2.0.0', '1.29.0', true],
  ['v1.30.1', '1.30.2', false],
  ['no version', '1.29.0', false],
] as const)('%s is at least %s: %s', ([version, wanted, answer]) => {
  expect(isAtLeast(version, wanted)).toBe(answer);
});

function program(folder: string, name: string, script: string): string {
  const file = join(directory, folder, name);
  mkdirSync(join(directory, folder), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function cliVersion(server: string): string {
  return `echo 'temporal version 1.5.0 (Server ${server}, UI 2.41.0)'`;
}
