import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { crashPoints, doomedJobs, doomedTypes, type CrashPoint } from './crash-types.ts';
import type { FromDoomed } from './doomed-worker.ts';
import { startJobRig, type JobRig } from './rig.ts';

const program = join(import.meta.dirname, 'doomed-worker.ts');

/** Heartbeats, workflow tasks and retries of killed workers take their time. */
const timeoutMs = 90_000;

let rig: JobRig;
let doomed: ChildProcess;
const ids = new Map<string, string>();
const nameOf = (type: string, point: CrashPoint) => `${type} ${point}`;

/** Every job of every type stops at every point, in one process, which is killed then; another worker goes on. */
beforeAll(async () => {
  rig = await startJobRig(
    doomedJobs(async () => undefined),
    { worker: false, variables: { WORKER_HEAVY_CONCURRENCY: '10' } },
  );
  await rig.pool.query('create table effects (job_id uuid not null, place text not null)');
  doomed = fork(program, [], {
    execArgv: [],
    env: { ...process.env, ...rig.variables },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const reached = new Set<string>();
  const ready = new Promise<void>((resolve) => {
    doomed.on('message', (message: FromDoomed) => {
      if ('ready' in message) resolve();
      else reached.add(message.reached);
    });
  });
  await ready;
  for (const point of crashPoints) {
    for (const type of doomedTypes) {
      // Of a type with a limit the others wait for the first one.
      if (type.concurrency === 1 && point !== 'after the work') continue;
      ids.set(nameOf(type.name, point), await rig.enqueue(type, { input: { point } }));
    }
  }
  await vi.waitUntil(() => [...ids.values()].every((id) => reached.has(id)), { timeout: 30_000 });
  await kill(doomed);
  await rig.startWorker();
}, timeoutMs);
afterAll(async () => {
  doomed.kill('SIGKILL');
  await rig.close();
});

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function effectsOf(jobId: string): Promise<Record<string, number>> {
  const { rows } = await rig.pool.query<{ place: string; times: number }>(
    'select place, count(*)::integer as times from effects where job_id = $1 group by place',
    [jobId],
  );
  return Object.fromEntries(rows.map(({ place, times }) => [place, times]));
}

describe.each(doomedTypes.map(({ name }) => name))('a job of the type %s whose worker is killed', (type) => {
  test.each(crashPoints.filter((point) => type !== 'one-at-once' || point === 'after the work'))(
    '%s is done, and what it commits with its end is there once',
    async (point) => {
      const jobId = ids.get(nameOf(type, point)) ?? '';
      const job = await rig.until(jobId, 'completed', 'dead', 'failed');
      const outcomes = job.failedAttempts.map(({ outcome }) => outcome);
      expect(job).toMatchObject({ status: 'completed', attempts: outcomes.length + 1 });
      expect(outcomes.length > 0).toBe(point !== 'after the commit');
      // A short attempt that stops dead is given up by its own worker, where that is not killed first.
      const possible = type === 'short' ? ['lost', 'timed_out'] : ['lost'];
      expect(outcomes.filter((outcome) => !possible.includes(outcome))).toEqual([]);
      const { inside, outside = 0 } = await effectsOf(jobId);
      expect(inside).toBe(1);
      // What is done outside of the commit is done once an attempt, where it came so far.
      expect(outside).toBeGreaterThanOrEqual(1);
      expect(outside).toBeLessThanOrEqual(job.attempts);
    },
    timeoutMs,
  );
});

test(
  'the run of each job ends in Temporal as well',
  async () => {
    for (const jobId of ids.values()) {
      const { dispatch, batch } = await rig.read(jobId);
      const id = batch === null ? `job-${jobId}-${dispatch}` : `jobs-${batch}`;
      const run = rig.temporal.client.workflow.getHandle(id);
      // A batch's run has nothing to say.
      const ends: unknown[] = batch === null ? ['ended', 'gone'] : [undefined];
      expect(await run.result()).toBeOneOf(ends);
    }
  },
  timeoutMs,
);
