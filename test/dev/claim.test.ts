import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning } from './running.ts';
import { z } from 'zod';
import { anyPorts } from '../../dev/choose-ports.ts';
import { claim } from '../../dev/supervisor/claim.ts';
import { readRun } from '../../dev/supervisor/run-record.ts';

const reapedInMs = 20_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'order-saga-claim-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a data directory in use is refused, with the process and the address that use it', async () => {
  const first = await claim(directory, () => undefined);
  first.record.announce('http://localhost:3000');
  await expect(claim(directory, () => undefined)).rejects.toThrow(
    `is in use by process ${process.pid}, which serves http://localhost:3000`,
  );
  await first.release();
  await (await claim(directory, () => undefined)).release();
});

test('a supervisor that is killed leaves no process behind', async () => {
  const { supervisor, serverPid } = await startSupervisor();
  supervisor.kill('SIGKILL');
  await expect.poll(() => isRunning(serverPid), { timeout: reapedInMs }).toBe(false);
});

test('the next start ends what is left when the reaper was killed as well', async () => {
  const { supervisor, serverPid } = await startSupervisor();
  const reaper = reaperOf(supervisor);
  process.kill(reaper, 'SIGKILL');
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  expect(isRunning(serverPid)).toBe(true);
  const said: string[] = [];
  const next = await claim(directory, (line) => said.push(line));
  await next.release();
  expect(isRunning(serverPid)).toBe(false);
  expect(said).toEqual(['ended what an earlier start left running: server']);
});

test('a process that was given the pid of a part from an earlier start is left alone', async () => {
  const bystander = spawn('sleep', ['60']);
  const { supervisor, serverPid } = await startSupervisor();
  supervisor.kill('SIGKILL');
  await expect.poll(() => isRunning(serverPid), { timeout: reapedInMs }).toBe(false);
  const recordFile = join(directory, 'run.json');
  const record = readFileSync(recordFile, 'utf8').replaceAll(String(serverPid), String(bystander.pid));
  writeFileSync(recordFile, record);
  expect(readRun(recordFile)?.parts[0]?.identity.pid).toBe(bystander.pid);
  await (await claim(directory, () => undefined)).release();
  expect(isRunning(bystander.pid)).toBe(true);
  bystander.kill();
});

async function startSupervisor(): Promise<{ supervisor: ChildProcess; serverPid: number }> {
  const { api: port } = await anyPorts();
  const supervisor = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixtures/supervisor.ts'), directory, String(port)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [firstLine] = z.tuple([z.instanceof(Buffer)]).parse(await once(supervisor.stdout, 'data'));
  return { supervisor, serverPid: Number(firstLine.toString()) };
}

/** The supervisor's only child beside the server. */
function reaperOf({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const reaper = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('reaper.ts'),
  );
  if (reaper === undefined) throw new Error('the supervisor has no reaper');
  return reaper;
}
