import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { builtInSchedules } from '../../src/activities/jobs/schedules.ts';
import { transaction } from '../../src/db/pool.ts';
import {
  defineSchedule,
  listSchedules,
  lockScheduleId,
  overrideSchedule,
} from '../../src/db/schedules/schedules.ts';
import { ensureReconcileSchedule } from '../../src/temporal/reconcile-schedule.ts';
import { connectTemporal, type Temporal } from '../../src/temporal/connection.ts';
import { pauseSchedule } from '../../src/temporal/pause-schedule.ts';
import { ticksBetween } from '../../src/domain/ticks.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';
import type { Answer } from './call.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';
import { temporalAt } from './temporal-profiles.ts';

/** Temporal is away, but for one schedule that only Temporal knows. */
let api: TestApi;
let withTemporal: TestApi;
let ownNamespace: TestTemporal;
let temporal: Temporal;
beforeAll(async () => {
  api = await startApi();
  ownNamespace = await connectToTemporal('own');
  temporal = connectTemporal(
    { ...temporalAt(ownNamespace.address), namespace: ownNamespace.namespace },
    'test',
    {},
  );
  withTemporal = await startApi({ temporal });
});
afterAll(async () => {
  await Promise.all([api.stop(), withTemporal.stop()]);
  await temporal.close();
  await ownNamespace.close();
});

beforeEach(async () => {
  await api.pool.query('delete from schedules');
  await api.pool.query('delete from outbox');
  await api.pool.query('delete from jobs');
  for (const { id, jobType, settings } of builtInSchedules('Europe/Berlin'))
    await defineSchedule(api.pool, id, jobType, settings);
});

const hourMs = 60 * 60 * 1_000;

const settings = { cron: '30 4 * * MON-FRI', timeZone: 'America/New_York' };

async function put(id: string, json: object, headers: Record<string, string> = {}): Promise<Answer> {
  return api.call(`PUT /schedules/${id}`, { json, headers });
}

async function owed(): Promise<unknown[]> {
  const { rows } = await api.pool.query<{ payload: Record<string, unknown> }>(
    `select payload from outbox where kind = 'schedule' order by id`,
  );
  return rows.map(({ payload }) => [payload['id'], payload['change']]);
}

async function jobsOf(id: string): Promise<unknown[]> {
  const { rows } = await api.pool.query(
    `select id, input from jobs where requested_by = $1 order by position`,
    [`schedule ${id}`],
  );
  return rows;
}

test('lists what recurs, in plain words, with the next runs on the clocks of the place', async () => {
  const { status, body } = await api.call('GET /schedules');
  expect(status).toBe(200);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(
    builtInSchedules('UTC')
      .map(({ id }) => id)
      .toSorted(),
  );
  const words = new Map(body.items.map((one: { id: string; words: string }) => [one.id, one.words]));
  expect(words.get('cleanup')).toBe('Every hour, every day');
  expect(words.get('weekly-summary')).toBe('At 03:00, only on Monday');
  const daily = body.items.find(({ id }: { id: string }) => id === 'daily-summary');
  expect(daily).toMatchObject({ timeZone: 'Europe/Berlin', isBuiltIn: true, paused: null, changed: null });
  expect(daily.nextRuns).toHaveLength(5);
  for (const { tick, dueAt } of daily.nextRuns) {
    const there = new Date(dueAt).toLocaleString('sv', { timeZone: 'Europe/Berlin' });
    expect(there).toBe(`${tick} 02:00:00`);
  }
});

test('is changed as a whole, from now on, and Temporal is told', async () => {
  const { status, body } = await put('daily-summary', {
    ...settings,
    skipDates: ['2026-12-25', '2026-12-25'],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...settings,
    words: 'At 04:30, Monday through Friday',
    overlap: 'skip',
    catchUpSeconds: 3_600,
    skipDates: ['2026-12-25'],
    changed: { by: expect.any(String) },
  });
  expect(await owed()).toEqual([['daily-summary', 'set']]);
  expect(api.wakes()).toBeGreaterThan(0);
});

test('is made where there is none, once for each place, say, and removed again', async () => {
  const made = await put('daily-summary-ny', { type: 'daily-summary', ...settings });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ id: 'daily-summary-ny', type: 'daily-summary', isBuiltIn: false });
  expect((await api.call('DELETE /schedules/daily-summary-ny')).status).toBe(204);
  expect((await api.call('GET /schedules/daily-summary-ny')).status).toBe(404);
  expect(await owed()).toEqual([['daily-summary-ny', 'remove']]);
});

test('is not made twice by two that ask at once, and keeps the type that it was made with', async () => {
  const summary = { type: 'daily-summary', ...settings };
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const nightly = { ...settings, overlap: 'skip', catchUpMs: 0, skipDates: [], input: {} } as const;
  const made = { id: 'contended', jobType: 'cleanup', settings: nightly, changedBy: 'another' };
  const second = await transaction(api.pool, async (tx) => {
    await lockScheduleId(tx, made.id);
    await overrideSchedule(tx, made);
    const answer = put(made.id, summary);
    await expect.poll(async () => (await api.pool.query(waiting)).rowCount, { interval: 10 }).toBe(1);
    return { answer };
  });
  const { status, body } = await second.answer;
  expect([status, body.errors[0].pointer]).toEqual([422, '#/type']);
  expect((await api.call('POST /schedules/contended/trigger')).status).toBe(202);
});

test('runs as the release says again when what was set is taken back', async () => {
  await put('daily-summary', settings);
  expect((await api.call('DELETE /schedules/daily-summary')).status).toBe(204);
  const { body } = await api.call('GET /schedules/daily-summary');
  expect(body).toMatchObject({ cron: '0 2 * * *', timeZone: 'Europe/Berlin', changed: null });
});

test('stays paused in Temporal too when what was set is taken back before that was told of the pause', async () => {
  await put('daily-summary', settings);
  await api.call('POST /schedules/daily-summary/pause');
  expect((await api.call('DELETE /schedules/daily-summary')).status).toBe(204);
  expect(await owed()).toEqual([['daily-summary', 'pause']]);
});

test('says all that is wrong with settings at once', async () => {
  const { status, body } = await put('daily-summary', {
    cron: '0 25 * * *',
    timeZone: 'europe/berlin',
    overlap: 'maybe',
    catchUpSeconds: -1,
    skipDates: ['2026-02-30'],
  });
  expect(status).toBe(422);
  expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
    '#/catchUpSeconds',
    '#/cron',
    '#/overlap',
    '#/skipDates/0',
    '#/timeZone',
  ]);
});

/** What settings are refused for. */
async function pointers(id: string, json: object): Promise<string[]> {
  const { body } = await put(id, json);
  return body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted();
}

test('says all that is wrong with settings at once, be it beyond their form', async () => {
  const ofInput = { day: '2026-01-01', mailTo: 'nobody', another: 1 };
  const body = { type: 'cleanup', cron: '0 * * * *', timeZone: 'nowhere', input: ofInput };
  const beyond = ['#/cron', '#/input/another', '#/input/day', '#/input/mailTo', '#/type'];
  expect(await pointers('daily-summary', body)).toEqual([...beyond, '#/timeZone'].toSorted());
  expect(await pointers('daily-summary', { ...body, timeZone: 'UTC' })).toEqual(beyond);
  expect(await pointers('another', { type: 'none', cron: 'never', timeZone: 'UTC' })).toEqual([
    '#/cron',
    '#/type',
  ]);
});

test.each(['-000001-01-01', '0000-01-01', '+010000-01-01'])('refuses %s for a holiday', async (day) => {
  const { status, body } = await put('cleanup', { ...settings, skipDates: [day] });
  expect([status, body.errors[0].pointer]).toEqual([422, '#/skipDates/0']);
});

test.each([
  ['many times a day', { cron: '0 * * * *' }, '#/cron'],
  ['what follows from the tick', { input: { day: '2026-01-01' } }, '#/input/day'],
  ['an input that its jobs do not take', { input: { mailTo: 'nobody' } }, '#/input/mailTo'],
  ['another type', { type: 'cleanup' }, '#/type'],
])('refuses %s for a summary of days', async (_what, change, pointer) => {
  const { status, body } = await put('daily-summary', { ...settings, ...change });
  expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
});

test('refuses a type that no schedule makes jobs of', async () => {
  const { status, body } = await put('another', { type: 'summary-mail', ...settings });
  expect([status, body.errors[0].pointer]).toEqual([422, '#/type']);
});

test('holds a change to the schedule that its sender has read', async () => {
  const { headers } = await api.call('GET /schedules/cleanup');
  const etag = headers.get('etag') ?? '';
  const hourly = { cron: '30 * * * *', timeZone: 'UTC' };
  expect((await put('cleanup', hourly, { 'If-Match': etag })).status).toBe(200);
  expect((await put('cleanup', hourly, { 'If-Match': etag })).status).toBe(412);
  const paused = await api.call('POST /schedules/cleanup/pause', { headers: { 'If-Match': etag } });
  expect(paused.status).toBe(412);
  expect((await put('no-such', { type: 'cleanup', ...hourly }, { 'If-Match': '"x"' })).status).toBe(412);
  expect((await put('no-such', { type: 'cleanup', ...hourly }, { 'If-Match': '*' })).status).toBe(412);
  expect((await put('cleanup', hourly, { 'If-Match': '*' })).status).toBe(200);
});

test('is paused and goes on by one commit each, while Temporal is away', async () => {
  const paused = await api.call('POST /schedules/cleanup/pause', { json: { reason: 'a big sale' } });
  expect(paused.body.paused).toMatchObject({ reason: 'a big sale', by: expect.any(String) });
  const again = await api.call('POST /schedules/cleanup/pause', { json: { reason: 'another one' } });
  expect(again.body.paused.reason).toBe('a big sale');
  expect(await owed()).toEqual([['cleanup', 'pause']]);
  const resumed = await api.call('POST /schedules/cleanup/resume');
  expect(resumed.body.paused).toBeNull();
  expect(await owed()).toEqual([['cleanup', 'resume']]);
});

async function takenTicks(): Promise<unknown[]> {
  const { rows } = await api.pool.query<{ tick: string; outcome: string }>(
    `select tick, outcome from schedule_ticks where schedule_id = 'cleanup' order by due_at`,
  );
  return rows.map(({ tick, outcome }) => [tick, outcome]);
}

describe('what has fallen due and nobody has called for', () => {
  const hourly = { cron: '0 * * * *', timeZone: 'UTC', overlap: 'allow_all', catchUpSeconds: 90 * 60 };
  const nightly = { cron: '30 4 * * *', timeZone: 'UTC' };

  /** The hours since then, and what comes of each that is seen to now. */
  function hoursSince(hoursAgo: number): string[][] {
    const now = Date.now();
    const ticks = ticksBetween(
      { ...hourly, unit: 'minute', skipDates: [] },
      new Date(now - hoursAgo * hourMs),
      new Date(now),
      100,
    );
    return ticks.map(({ key, dueAt }) => [key, now - dueAt.getTime() > 1.5 * hourMs ? 'missed' : 'made']);
  }

  beforeEach(async () => {
    await put('cleanup', hourly);
    await api.pool.query(
      `update schedules set seen_until = clock_timestamp() - interval '5 hours' where id = 'cleanup'`,
    );
  });

  test.each([
    ['is changed', 'PUT /schedules/cleanup', { json: nightly }],
    ['is taken back', 'DELETE /schedules/cleanup', {}],
    ['is paused', 'POST /schedules/cleanup/pause', { json: {} }],
  ])('is seen to by the settings of then when the schedule %s', async (_how, call, options) => {
    const due = hoursSince(5);
    expect((await api.call(call, options)).status).toBeLessThan(300);
    expect(await takenTicks()).toEqual(due);
    expect(await jobsOf('cleanup')).toHaveLength(due.filter(([, outcome]) => outcome === 'made').length);
    const { rows } = await api.pool.query(
      `select facts from operator_alerts where facts ->> 'firstTick' = $1`,
      [due[0]?.[0]],
    );
    expect(rows).toEqual([
      { facts: { schedule: 'cleanup', firstTick: due[0]?.[0], count: expect.any(Number) } },
    ]);
    await api.pool.query('delete from operator_alerts');
    await put('cleanup', nightly);
    expect(await takenTicks()).toEqual(due);
  });

  test('is not made up for where it was due during a pause', async () => {
    await api.pool.query(`update schedules set paused_at = now(), paused_by = 'ops' where id = 'cleanup'`);
    await put('cleanup', nightly);
    await api.call('POST /schedules/cleanup/resume');
    expect(await takenTicks()).toEqual([]);
  });

  test('is missed, and does not stand in the way, where its job cannot be made any more', async () => {
    await api.pool.query(
      `update schedules set override = jsonb_set(override, '{input}', '{"unknown": true}') where id = 'cleanup'`,
    );
    expect((await put('cleanup', hourly)).status).toBe(200);
    expect(await takenTicks()).toEqual(hoursSince(5).map(([key]) => [key, 'missed']));
  });

  test('is missed where it is too much to make at once', async () => {
    await put('cleanup', { ...hourly, cron: '* * * * *', catchUpSeconds: 24 * 60 * 60 });
    await api.pool.query('delete from schedule_ticks');
    await api.pool.query('delete from jobs');
    await api.pool.query(
      `update schedules set seen_until = clock_timestamp() - interval '5 hours' where id = 'cleanup'`,
    );
    expect((await put('cleanup', nightly)).status).toBe(200);
    expect(await jobsOf('cleanup')).toHaveLength(200);
    expect((await takenTicks()).length).toBeOneOf([300, 301]);
  });
});

describe('a trigger', () => {
  test('makes the job of the tick that was due last, once', async () => {
    const first = await api.call('POST /schedules/daily-summary/trigger');
    expect([first.status, first.body.isNew]).toEqual([202, true]);
    expect(first.headers.get('location')).toBe(`/jobs/${first.body.jobId}`);
    const again = await api.call('POST /schedules/daily-summary/trigger');
    expect([again.status, again.body]).toEqual([200, { ...first.body, isNew: false }]);
    expect(await jobsOf('daily-summary')).toHaveLength(1);
    const { body } = await api.call('GET /schedules/daily-summary');
    expect(body.lastRuns[0]).toMatchObject({ tick: first.body.tick, cause: 'trigger', jobStatus: 'queued' });
  });

  test('makes the one of a tick that is named, be it a holiday', async () => {
    await put('daily-summary', { cron: '0 2 * * *', timeZone: 'Asia/Tokyo', skipDates: ['2026-01-01'] });
    const { status, body } = await api.call('POST /schedules/daily-summary/trigger', {
      json: { tick: '2026-01-01' },
    });
    expect([status, body.tick, body.dueAt]).toEqual([202, '2026-01-01', '2025-12-31T17:00:00.000Z']);
    expect(await jobsOf('daily-summary')).toEqual([
      { id: body.jobId, input: { day: '2025-12-31', timeZone: 'Asia/Tokyo' } },
    ]);
  });

  test.each([
    '2026-02-30',
    '2026-1-1',
    '2026-01-01T00:00Z',
    '2999-01-01',
    '',
    '9999-12-31',
    '0000-01-01',
    '-000001-04-20',
    '-271821-04-19',
    '1970-01-01',
  ])('refuses %j, which is no tick that was due', async (tick) => {
    const { status } = await api.call('POST /schedules/daily-summary/trigger', { json: { tick } });
    expect(status).toBe(422);
  });

  test('names what is wrong with a day that is still to come', async () => {
    const { body } = await api.call('POST /schedules/daily-summary/trigger', {
      json: { tick: '9998-12-31' },
    });
    expect(body.errors).toEqual([{ pointer: '#/tick', detail: 'must not be one to come' }]);
  });

  test('is refused where the settings give an input that is not taken any more', async () => {
    await api.pool.query(
      `update schedules set override = jsonb_set(settings, '{input}', '{"mailTo": "nobody"}') where id = 'daily-summary'`,
    );
    const triggered = await api.call('POST /schedules/daily-summary/trigger');
    expect([triggered.status, triggered.body.errors[0].pointer]).toEqual([422, '#/tick']);
    const backfilled = await api.call('POST /schedules/daily-summary/backfill', {
      json: { from: '2026-01-01', to: '2026-01-02' },
    });
    expect([backfilled.status, backfilled.body.errors[0].pointer]).toEqual([422, '#/from']);
  });

  test('is repeated by its key', async () => {
    const options = { json: { tick: '2026-01-15T10:20Z' }, headers: { 'Idempotency-Key': 'one' } };
    const first = await api.call('POST /schedules/cleanup/trigger', options);
    const again = await api.call('POST /schedules/cleanup/trigger', options);
    expect(again.headers.get('idempotent-replay')).toBe('true');
    expect([again.status, again.body]).toEqual([202, first.body]);
  });
});

describe('a backfill', () => {
  test('makes the jobs of past days that have none, holidays left out', async () => {
    await put('daily-summary', { cron: '0 2 * * *', timeZone: 'Europe/Berlin', skipDates: ['2026-03-28'] });
    await api.call('POST /schedules/daily-summary/trigger', { json: { tick: '2026-03-30' } });
    const { status, body } = await api.call('POST /schedules/daily-summary/backfill', {
      json: { from: '2026-03-27', to: '2026-03-30' },
    });
    expect(status).toBe(202);
    expect(body.items.map(({ tick, isNew }: { tick: string; isNew: boolean }) => [tick, isNew])).toEqual([
      ['2026-03-27', true],
      ['2026-03-29', true],
      ['2026-03-30', false],
    ]);
    expect(body.items[1].dueAt).toBe('2026-03-29T01:00:00.000Z');
    expect(await jobsOf('daily-summary')).toHaveLength(3);
  });

  test.each([
    ['a span that ends before it begins', 'daily-summary', '2026-03-28', '2026-03-27', '#/to'],
    ['too many ticks', 'cleanup', '2026-01-01', '2026-02-01', '#/to'],
    ['the end of the calendar', 'daily-summary', '2026-01-01', '9999-12-31', '#/to'],
    ['years before the first', 'daily-summary', '0000-01-01', '2026-01-01', '#/from'],
    ['years in six digits', 'daily-summary', '-271821-04-19', '2026-01-01', '#/from'],
    ['a day whose job would be about none', 'daily-summary', '1970-01-01', '1970-01-02', '#/from'],
    ['what is still to come', 'daily-summary', '2999-01-01', '2999-01-02', '#/from'],
  ])('refuses %s', async (_what, id, from, to, pointer) => {
    const { status, body } = await api.call(`POST /schedules/${id}/backfill`, { json: { from, to } });
    expect([status, body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

async function jobStatuses(): Promise<string[]> {
  const { rows } = await api.pool.query<{ status: string }>(`select status from jobs order by position`);
  return rows.map(({ status }) => status);
}

describe('a backfill of a year', () => {
  const year = { json: { from: '2025-01-01', to: '2025-12-31' } };
  const backfill = () => api.call('POST /schedules/daily-summary/backfill', year);

  test('takes a few statements, and its jobs stand in line in the order of their days', async () => {
    const statements = vi.spyOn(Client.prototype, 'query');
    onTestFinished(() => statements.mockRestore());
    const { status, body } = await backfill();
    expect(statements.mock.calls.length).toBeLessThan(40);
    expect([status, body.items.length]).toEqual([202, 365]);
    expect(await jobStatuses()).toEqual(['ready', ...Array.from({ length: 364 }, () => 'blocked')]);
    const { rows } = await api.pool.query<{ id: string; day: string }>(
      `select id, input ->> 'day' as day from jobs order by run_at, position`,
    );
    expect(rows[0]?.day).toBe('2024-12-31');
    expect(rows.map(({ id }) => id)).toEqual(body.items.map(({ jobId }: { jobId: string }) => jobId));
    const { rows: events } = await api.pool.query('select count(*)::integer as count from job_events');
    expect(events).toEqual([{ count: 365 }]);
  });

  test('makes each job once, however many ask', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, backfill));
    expect(answers.map(({ status }) => status)).toContain(202);
    const { body } = await backfill();
    expect(body.items.filter(({ isNew }: { isNew: boolean }) => isNew)).toEqual([]);
    expect(await jobStatuses()).toHaveLength(365);
  });

  test('has its jobs run side by side where the schedule says so', async () => {
    await put('daily-summary', { ...settings, overlap: 'allow_all' });
    await backfill();
    expect(new Set(await jobStatuses())).toEqual(new Set(['ready']));
  });

  test('makes those that were missed or left out, and takes up jobs that there are', async () => {
    await api.pool.query(
      `insert into schedule_ticks (schedule_id, tick, due_at, outcome, cause)
       values ('daily-summary', '2025-06-01', '2025-06-01', 'missed', 'catch_up')`,
    );
    const first = await backfill();
    await api.pool.query('delete from schedule_ticks');
    const again = await backfill();
    expect(first.body.items).toHaveLength(365);
    expect(again.body).toEqual(first.body);
    expect(await jobStatuses()).toHaveLength(365);
  });
});

test('shows what was missed, left out and overlapped of late', async () => {
  await api.pool.query(
    `insert into schedule_ticks (schedule_id, tick, due_at, outcome, cause) values
       ('cleanup', 'a', now() - interval '1 day', 'missed', 'catch_up'),
       ('cleanup', 'b', now() - interval '2 days', 'overlap', 'schedule'),
       ('cleanup', 'c', now() - interval '3 days', 'overlap', 'schedule'),
       ('cleanup', 'd', now() - interval '90 days', 'missed', 'catch_up')`,
  );
  const { body } = await api.call('GET /schedules/cleanup');
  expect(body.leftOut).toEqual({ missed: 1, overlap: 2, holiday: 0, paused: 0 });
  expect(body.lastRuns.map(({ tick }: { tick: string }) => tick)).toEqual(['a', 'b', 'c', 'd']);
});

describe('the schedule of the reconciler', () => {
  test('is shown beside the others, paused, let go on and triggered, and changed in no other way', async () => {
    expect((await withTemporal.call('GET /schedules/reconcile')).status).toBe(404);
    await ensureReconcileSchedule(temporal.client, 60_000);
    const { body } = await withTemporal.call('GET /schedules/reconcile');
    expect(body).toMatchObject({ type: null, everySeconds: 60, words: 'Every 60 seconds', paused: null });
    expect(body.nextRuns.length).toBeGreaterThan(0);
    const list = await withTemporal.call('GET /schedules');
    expect(list.body.items.map(({ id }: { id: string }) => id)).toContain('reconcile');

    const paused = await withTemporal.call('POST /schedules/reconcile/pause', {
      json: { reason: 'by hand' },
    });
    expect(paused.body.paused).toEqual({ since: null, by: 'anonymous', reason: 'by hand' });
    expect((await withTemporal.call('POST /schedules/reconcile/resume')).body.paused).toBeNull();
    expect((await withTemporal.call('POST /schedules/reconcile/trigger')).body.jobId).toBeNull();
    const changed = await withTemporal.call('PUT /schedules/reconcile', { json: settings });
    expect([changed.status, changed.body.type]).toEqual([409, '/problems/schedule-fixed']);
  });

  test('holds its commands to what their sender has read', async () => {
    await ensureReconcileSchedule(temporal.client, 60_000);
    const bogus = { headers: { 'If-Match': '"bogus"' } };
    for (const command of ['pause', 'resume'])
      expect((await withTemporal.call(`POST /schedules/reconcile/${command}`, bogus)).status).toBe(412);
    expect((await withTemporal.call('GET /schedules/reconcile')).body.paused).toBeNull();
    const any = { headers: { 'If-Match': '*' } };
    expect((await withTemporal.call('POST /schedules/reconcile/resume', any)).status).toBe(200);
  });

  test('makes one pass for each key, and none of a tick', async () => {
    await ensureReconcileSchedule(temporal.client, 60_000);
    const headers = { 'Idempotency-Key': 'pass' };
    const call = 'POST /schedules/reconcile/trigger';
    const ofTick = await withTemporal.call(call, { headers, json: { tick: '2026-01-15' } });
    expect([ofTick.status, ofTick.body.errors[0].pointer]).toEqual([422, '#/tick']);
    const first = await withTemporal.call(call, { headers, json: {} });
    const again = await withTemporal.call(call, { headers, json: {} });
    expect([first.status, again.status, again.body]).toEqual([202, 202, first.body]);
    expect(again.headers.get('idempotent-replay')).toBe('true');
    expect((await withTemporal.call(call, { headers, json: { tick: '2026-01-15' } })).body.type).toBe(
      '/problems/idempotency-key-reused',
    );
  });

  test('tells who has paused it in Temporal itself from who has asked for that here', async () => {
    await ensureReconcileSchedule(temporal.client, 60_000);
    await pauseSchedule(temporal.client, 'reconcile', true, 'for the night');
    const { body } = await withTemporal.call('GET /schedules/reconcile');
    expect(body.paused).toEqual({ since: null, by: 'somebody in Temporal', reason: 'for the night' });
    await temporal.client.schedule.getHandle('reconcile').unpause();
  });

  test('is not to be had while Temporal is away, and the others are', async () => {
    expect((await api.call('GET /schedules/reconcile')).body.type).toBe('/problems/temporal-unavailable');
    api.setRelayState({ temporalUp: true, outboxDepth: 0 });
    expect((await api.call('GET /schedules')).body.items).toHaveLength(builtInSchedules('UTC').length);
  });
});

test('is for operators to change and for whoever reads jobs to read', async () => {
  const locked = await startApi({ accessSettings: { mayStandOpen: false } });
  const reader = await makeKey(locked.pool, ['jobs:read']);
  const writer = await makeKey(locked.pool, ['jobs:write']);
  const operator = await makeKey(locked.pool, ['ops']);
  expect((await locked.call('GET /schedules', reader)).status).toBe(200);
  expect((await locked.call('GET /schedules', writer)).status).toBe(403);
  for (const call of ['pause', 'resume', 'trigger', 'backfill']) {
    expect((await locked.call(`POST /schedules/cleanup/${call}`, { json: {}, ...writer })).status).toBe(403);
  }
  const made = { json: { type: 'cleanup', cron: '0 5 * * *', timeZone: 'UTC' } };
  expect((await locked.call('PUT /schedules/nightly', { ...made, ...operator })).status).toBe(201);
  expect((await listSchedules(locked.pool)).map(({ changedBy }) => changedBy)).toEqual([expect.any(String)]);
  await locked.stop();
});
