import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

let project: string;
let calls: string;

/** A project with one dependency, and an npm that notes that it was called and takes a moment to install it. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'order-saga-bootstrap-'));
  calls = join(project, 'npm-calls');
  cpSync(join(root, 'dev/bootstrap.mjs'), join(project, 'dev/bootstrap.mjs'));
  cpSync(join(root, 'dev/bootstrap'), join(project, 'dev/bootstrap'), { recursive: true });
  lockAt('1.0.0');
  writeFileSync(join(project, 'script.ts'), 'console.log("ran", process.argv.slice(2).join(" ") as string);');
  writeNpm('sleep 0.5; mkdir -p node_modules/thing; cp package-lock.json node_modules/.package-lock.json');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

test('dependencies are installed once, then the script is run with its arguments', async () => {
  expect((await start()).stdout).toBe('ran one two\n');
  expect((await start()).stdout).toBe('ran one two\n');
  expect(npmCalls()).toEqual(['ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund']);
});

test('dependencies are installed again when package-lock.json asks for another version', async () => {
  await start();
  lockAt('2.0.0');
  await start();
  expect(npmCalls()).toHaveLength(2);
});

test('dependencies are installed again when one of them is gone', async () => {
  await start();
  rmSync(join(project, 'node_modules/thing'), { recursive: true });
  await start();
  expect(npmCalls()).toHaveLength(2);
});

test('of two starts at once one installs and the other waits', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  expect([one.stdout, two.stdout]).toEqual(['ran one two\n', 'ran one two\n']);
  expect(npmCalls()).toHaveLength(1);
  expect(one.stderr + two.stderr).toContain('Waiting for another start that installs the dependencies');
});

test('an install that fails is told in npm’s own words', async () => {
  writeNpm('echo "npm error code E404" >&2; exit 1');
  await expect(start()).rejects.toThrow(/npm ci failed \(1\):\nnpm error code E404/);
});

test('a package for another platform that was left out is no reason to install again', async () => {
  await start();
  const lock = readLock();
  lock.packages['node_modules/elsewhere'] = { version: '1.0.0', optional: true };
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
  await start();
  expect(npmCalls()).toHaveLength(1);
});

test('a script that fails gives its exit code', async () => {
  writeFileSync(join(project, 'script.ts'), 'process.exit(7);');
  await expect(start()).rejects.toMatchObject({ code: 7 });
});

async function start() {
  const env = { PATH: `${join(project, 'bin')}:${process.env['PATH']}`, HOME: project };
  return promisify(execFile)(process.execPath, ['dev/bootstrap.mjs', 'script.ts', 'one', 'two'], {
    cwd: project,
    env,
  });
}

function writeNpm(script: string): void {
  mkdirSync(join(project, 'bin'), { recursive: true });
  writeFileSync(join(project, 'bin/npm'), `#!/bin/sh\necho "$@" >> '${calls}'\n${script}\n`);
  chmodSync(join(project, 'bin/npm'), 0o755);
}

function lockAt(version: string): void {
  const lock = { packages: { '': { name: 'project' }, 'node_modules/thing': { version } } };
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
}

function readLock(): { packages: Record<string, object> } {
  return JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
}

function npmCalls(): string[] {
  return readFileSync(calls, 'utf8').trim().split('\n');
}
