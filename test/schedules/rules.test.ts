import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { createTicks } from '../../src/activities/ticks.ts';
import { transaction } from '../../src/db/pool.ts';
import { oweScheduleChange } from '../../src/db/outbox.ts';
import {
  overrideSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
} from '../../src/db/schedules/schedules.ts';
import type { OverlapPolicy } from '../../src/domain/schedule.ts';
import { ensureJobSchedule, pauseJobSchedule } from '../../src/temporal/job-schedules.ts';
import { ensureSchedules } from '../../src/worker/ensure-schedules.ts';
import { startScheduleRig, type ScheduleRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const hourMs = 60 * 60 * 1_000;

let rig: ScheduleRig;
let id: string;
beforeAll(async () => {
  rig = await startScheduleRig(0);
});
beforeEach(() => {
  id = `rules-${crypto.randomUUID()}`;
});
afterEach(() => vi.useRealTimers());
afterAll(() => rig.close());

/** By its id the first to be looked at. */
const refused = {
  id: 'a-refused-one',
  jobType: 'cleanup',
  settings: {
    cron: '0 2 * * SAT-SUN',
    timeZone: 'UTC',
    overlap: 'skip',
    catchUpMs: hourMs,
    skipDates: [],
    input: {},
  },
} as const;

const fire = (at: string) => createTicks(rig.context).fireTick({ scheduleId: id, at });

async function outcomes(): Promise<string[]> {
  return (await rig.ticks(id)).map(({ tick, outcome, cause }) => `${tick} ${outcome} ${cause}`);
}

async function endJobs(): Promise<void> {
  await rig.pool.query(
    `update jobs set status = 'cancelled', cancel_requested_at = now(), finished_at = now(), unique_slot = null
     where requested_by = $1`,
    [`schedule ${id}`],
  );
}

async function jobStatuses(): Promise<string[]> {
  const { rows } = await rig.pool.query<{ status: string }>(
    `select status from jobs where requested_by = $1 order by position`,
    [`schedule ${id}`],
  );
  return rows.map(({ status }) => status);
}

/** The look, as if it were made then, over what was due since an earlier moment. */
async function lookAt(then: string, since: string): Promise<void> {
  await rig.pool.query(`update schedules set seen_until = $1 where id = $2`, [since, id]);
  await rig.look(new Date(then));
}

const hours = ['2026-01-15T10:00:00Z', '2026-01-15T11:00:00Z', '2026-01-15T12:00:00Z'] as const;

describe('while an earlier job has not ended', () => {
  test.each<[OverlapPolicy, string[], string[]]>([
    ['skip', ['made', 'overlap', 'overlap'], ['ready']],
    ['buffer_one', ['made', 'made', 'overlap'], ['ready', 'blocked']],
    ['buffer_all', ['made', 'made', 'made'], ['ready', 'blocked', 'blocked']],
    ['allow_all', ['made', 'made', 'made'], ['ready', 'ready', 'ready']],
  ])('%s gives %j and jobs that are %j', async (overlap, expected, statuses) => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *', overlap });
    const taken = [];
    for (const hour of hours) taken.push((await fire(hour)).outcome);
    expect(taken).toEqual(expected);
    expect(await jobStatuses()).toEqual(statuses);
    await endJobs();
    expect((await fire('2026-01-15T13:00:00Z')).outcome).toBe('made');
  });
});

test('makes no job on a holiday or while it is paused, and remembers why', async () => {
  await rig.set(id, 'cleanup', { cron: '0 * * * *', timeZone: 'Asia/Tokyo', skipDates: ['2026-01-16'] });
  expect((await fire('2026-01-15T15:00:00Z')).outcome).toBe('holiday');
  await transaction(rig.pool, (tx) => pauseSchedule(tx, id, { requestedBy: 'ops', reason: null }));
  expect((await fire('2026-01-15T10:00:00Z')).outcome).toBe('paused');
  await transaction(rig.pool, (tx) => resumeSchedule(tx, id));
  expect((await fire('2026-01-15T10:00:00Z')).outcome).toBe('paused');
  expect((await fire('2026-01-15T11:00:00Z')).outcome).toBe('made');
});

test('knows nothing of a schedule that is gone', async () => {
  expect(await fire('2026-01-15T10:00:00Z')).toMatchObject({ outcome: 'unknown', jobId: null });
});

test('a release that brings other settings sees to what was due by those before', async () => {
  const before = {
    cron: '0 * * * *',
    timeZone: 'UTC',
    overlap: 'allow_all',
    skipDates: [],
    input: {},
  } as const;
  const release = (cron: string) =>
    ensureSchedules(rig.context, rig.client, [
      { id, jobType: 'cleanup', settings: { ...before, cron, catchUpMs: 1.5 * hourMs } },
    ]);
  // Half an hour from now, so that none falls due meanwhile.
  const minute = String((new Date().getUTCMinutes() + 30) % 60);
  const hourly = `${minute} * * * *`;
  await release(hourly);
  await rig.pool.query(
    `update schedules set seen_until = clock_timestamp() - interval '3 hours' where id = $1`,
    [id],
  );
  await release(hourly);
  expect(await outcomes()).toEqual([]);
  await release('30 4 * * *');
  const taken = await outcomes();
  expect(taken).toHaveLength(3);
  expect(taken[0]).toContain(`:${minute.padStart(2, '0')}Z missed catch_up`);
  expect(taken[2]).toContain(`:${minute.padStart(2, '0')}Z made catch_up`);
  await release(hourly);
  expect(await outcomes()).toEqual(taken);
});

describe('in Temporal', () => {
  const many = Array.from({ length: 40 }, (_, at) => `many-${at}`);
  const settings = {
    timeZone: 'UTC',
    overlap: 'allow_all',
    catchUpMs: hourMs,
    skipDates: [],
    input: {},
  } as const;
  /** Temporal may take both up at once, where there is much to do. */
  async function change(scheduleId: string, cron: string, pauseNote: string | null): Promise<boolean> {
    await ensureJobSchedule(rig.client, { id: scheduleId, settings: { ...settings, cron }, pauseNote });
    await pauseJobSchedule(rig.client, scheduleId, pauseNote);
    return (await rig.client.schedule.getHandle(scheduleId).describe()).state.paused;
  }

  test('a schedule is paused that was changed just before, and one that is resumed goes on', async () => {
    for (const one of many)
      await ensureJobSchedule(rig.client, {
        id: one,
        settings: { ...settings, cron: '0 * * * *' },
        pauseNote: null,
      });
    const paused = await Promise.all(many.map((one) => change(one, '1 * * * *', 'for a while')));
    const resumed = await Promise.all(many.map((one) => change(one, '2 * * * *', null)));
    expect([new Set(paused), new Set(resumed)]).toEqual([new Set([true]), new Set([false])]);
  });
});

describe('the look for ticks that nobody has called for', () => {
  test('makes up for those that are not too late, and tells operators once of those that are', async () => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *', catchUpMs: 1.5 * hourMs });
    await lookAt('2026-01-15T13:05:00Z', '2026-01-15T09:30:00Z');
    expect(await outcomes()).toEqual([
      '2026-01-15T10:00Z missed catch_up',
      '2026-01-15T11:00Z missed catch_up',
      '2026-01-15T12:00Z made catch_up',
      '2026-01-15T13:00Z made catch_up',
    ]);
    await lookAt('2026-01-15T13:06:00Z', '2026-01-15T09:30:00Z');
    const { rows } = await rig.pool.query(
      `select facts from operator_alerts where facts ->> 'schedule' = $1`,
      [id],
    );
    expect(rows).toEqual([{ facts: { schedule: id, firstTick: '2026-01-15T10:00Z', count: 2 } }]);
  });

  test('gives Temporal a moment to call by itself', async () => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await lookAt('2026-01-15T10:01:00Z', '2026-01-15T09:30:00Z');
    expect(await outcomes()).toEqual([]);
  });

  test('makes up for nothing that was due while it was paused, here or in Temporal', async () => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await rig.client.schedule.getHandle(id).pause('by hand');
    await lookAt('2026-01-15T10:30:00Z', '2026-01-15T09:30:00Z');
    const standing = `select paused_in_temporal as "inTemporal", seen_until as until from schedules where id = $1`;
    expect((await rig.pool.query(standing, [id])).rows).toEqual([
      { inTemporal: true, until: new Date('2026-01-15T10:28:00Z') },
    ]);
    await rig.client.schedule.getHandle(id).unpause();
    await transaction(rig.pool, (tx) => pauseSchedule(tx, id, { requestedBy: 'ops', reason: null }));
    await lookAt('2026-01-15T11:30:00Z', '2026-01-15T10:28:00Z');
    expect((await rig.pool.query(standing, [id])).rows).toEqual([
      { inTemporal: false, until: new Date('2026-01-15T11:28:00Z') },
    ]);
    expect(await outcomes()).toEqual([]);
  });

  test('goes by the clock of the database, not by that of the worker', async () => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * hourMs });
    await rig.look();
    vi.useRealTimers();
    expect(await outcomes()).toEqual([]);
  });

  test('does not take Temporal for paused by somebody while Temporal is still owed that it goes on', async () => {
    const settings = await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await rig.client.schedule.getHandle(id).pause('by us, through the outbox');
    await transaction(rig.pool, (tx) =>
      oweScheduleChange(tx, { id, settings, change: 'resume', pauseNote: null }),
    );
    await lookAt('2026-01-15T10:03:00Z', '2026-01-15T09:59:00Z');
    expect(await outcomes()).toEqual(['2026-01-15T10:00Z made catch_up']);
  });

  test('knows that somebody has paused it there while Temporal is owed another change', async () => {
    const settings = await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await rig.client.schedule.getHandle(id).pause('by hand');
    await lookAt('2026-01-15T09:58:00Z', '2026-01-15T09:30:00Z');
    await transaction(rig.pool, (tx) =>
      oweScheduleChange(tx, { id, settings, change: 'set', pauseNote: null }),
    );
    await lookAt('2026-01-15T10:03:00Z', '2026-01-15T09:59:00Z');
    expect(await outcomes()).toEqual([]);
  });

  test('goes on with the others where Temporal refuses one, and so does a start of the workers', async () => {
    await transaction(rig.pool, (tx) => overrideSchedule(tx, { ...refused, changedBy: 'test' }));
    onTestFinished(() => transaction(rig.pool, (tx) => removeSchedule(tx, refused.id)));
    const failed = vi.spyOn(rig.context.events, 'reconcilerFailed');
    await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await rig.pool.query(`update schedules set seen_until = '2026-01-15T09:30:00Z'`);
    await lookAt('2026-01-15T10:30:00Z', '2026-01-15T09:30:00Z');
    expect(await outcomes()).toEqual(['2026-01-15T10:00Z made catch_up']);
    expect(failed.mock.calls.map(([{ subject }]) => subject)).toEqual([refused.id]);

    await rig.client.schedule.getHandle(id).delete();
    await ensureSchedules(rig.context, rig.client, []);
    expect((await rig.client.schedule.getHandle(id).describe()).spec.timezone).toBe('UTC');
    expect(failed.mock.calls.map(([{ subject }]) => subject)).toEqual([refused.id, refused.id]);
  });

  test('makes a schedule anew that somebody has removed in Temporal', async () => {
    await rig.set(id, 'cleanup', { cron: '0 * * * *' });
    await rig.client.schedule.getHandle(id).delete();
    await lookAt('2026-01-15T10:30:00Z', '2026-01-15T09:30:00Z');
    expect((await rig.client.schedule.getHandle(id).describe()).spec.timezone).toBe('UTC');
    expect(await outcomes()).toEqual(['2026-01-15T10:00Z made catch_up']);
  });
});
