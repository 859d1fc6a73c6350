import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeLock } from './lock.ts';
import { Part } from './part.ts';
import { Parts } from './parts.ts';
import { identify } from './process-identity.ts';
import type { Say } from './progress.ts';
import { endLeftovers, readRun, RunRecord } from './run-record.ts';

/** A data directory that belongs to this process until it is released, which ends the parts first. */
export type Claim = {
  directory: string;
  parts: Parts;
  record: RunRecord;
  say: Say;
  release: () => Promise<void>;
};

/**
 * Locks a data directory for this process, ends what an earlier one that was killed left running there, and sees to it
 * that the parts of this one end even if it is killed.
 *
 * @param disposable the directory is removed in the end.
 */
export async function claim(path: string, say: Say, disposable = false): Promise<Claim> {
  const directory = resolve(path);
  const logsDir = join(directory, 'logs');
  mkdirSync(logsDir, { recursive: true });
  chmodSync(directory, 0o700);
  const recordFile = join(directory, 'run.json');
  const unlock = takeLock(join(directory, 'lock'));
  if (unlock === undefined) throw new Error(inUse(directory, recordFile));

  const ended = await endLeftovers(recordFile);
  if (ended.length > 0) say(`ended what an earlier start left running: ${ended.join(', ')}`);
  const record = new RunRecord(recordFile, identify(process.pid) ?? { pid: process.pid, startedAt: '' });
  const letReaperGo = startReaper([recordFile, ...(disposable ? [directory] : [])]);
  const parts = new Parts((spec) => new Part(spec, { logsDir, record, say }));
  const release = async () => {
    await parts.stop();
    record.delete();
    await letReaperGo();
    unlock();
    if (disposable) rmSync(directory, { recursive: true, force: true });
  };
  return { directory, parts, record, say, release };
}

function inUse(directory: string, recordFile: string): string {
  const run = readRun(recordFile);
  const who = run === undefined ? 'another start' : `process ${run.supervisor.pid}`;
  const where = run?.apiUrl === undefined ? '' : `, which serves ${run.apiUrl}`;
  return `${directory} is in use by ${who}${where}. Stop that one first, or set DATA_DIR to another directory.`;
}

function startReaper(args: readonly string[]): () => Promise<void> {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper.ts'), ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  const exited = once(reaper, 'exit');
  return async () => {
    reaper.ref();
    reaper.stdin.end();
    await exited;
  };
}
