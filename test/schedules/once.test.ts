import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { builtInSchedules } from '../../src/activities/jobs/schedules.ts';
import { createTicks } from '../../src/activities/ticks.ts';
import { cronProblem } from '../../src/domain/cron.ts';
import { nextTicks } from '../../src/domain/ticks.ts';
import { ensureSchedules } from '../../src/worker/ensure-schedules.ts';
import { untilThere } from '../../src/worker/until-there.ts';
import { untilReady } from '../worker/ready.ts';
import { spawnNode, type Spawned } from '../worker/spawned.ts';
import { startScheduleRig, type ScheduleRig } from './rig.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const patient = { timeout: 60_000, interval: 500 };

async function idsInTemporal({ client }: ScheduleRig): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
  return ids.toSorted();
}

describe.each([2, 4])('with %d worker processes', (count) => {
  let rig: ScheduleRig;
  const workers: Spawned[] = [];
  beforeAll(async () => {
    rig = await startScheduleRig(0);
    for (let index = 0; index < count; index += 1)
      workers.push(
        spawnNode('src/worker/main.ts', { ...rig.variables, METRICS_PORT: '0', LOG_LEVEL: 'info' }),
      );
    await Promise.all(workers.map(untilReady));
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await rig.close();
  });

  test('makes one job for each tick, however often Temporal calls for it', async () => {
    await rig.set('every-minute', 'cleanup', { cron: '* 10 15 1 *' });
    const span = ['2026-01-15T10:00:00Z', '2026-01-15T10:59:00Z'] as const;
    await Promise.all([1, 2, 3].map(() => rig.callFor('every-minute', ...span)));
    await expect.poll(async () => (await rig.ticks('every-minute')).length, patient).toBe(60);
    const ticks = await rig.ticks('every-minute');
    expect(new Set(ticks.map(({ job }) => job)).size).toBe(60);
    const made = `select count(*)::integer as made from jobs where requested_by = 'schedule every-minute'`;
    await expect.poll(async () => runsOf(rig, 'every-minute'), patient).toBeGreaterThanOrEqual(60);
    expect((await rig.pool.query(made)).rows).toEqual([{ made: 60 }]);
  });

  test('makes one job for a tick that all call for at the same moment', async () => {
    await rig.set('contended', 'cleanup', { cron: '0 * * * *' });
    const ticks = createTicks(rig.context);
    const call = { scheduleId: 'contended', at: '2026-01-15T10:00:00Z' };
    const taken = await Promise.all(Array.from({ length: 20 }, () => ticks.fireTick(call)));
    expect(taken.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(taken.map(({ jobId }) => jobId)).size).toBe(1);
  });

  test('has each schedule once, though all started at once and ten more do so again', async () => {
    const builtIn = builtInSchedules('UTC').map(({ id }) => id);
    const wanted = [...builtIn, 'contended', 'every-minute', 'reconcile'].toSorted();
    const startAll = () => Promise.all(Array.from({ length: 10 }, () => startOnce(rig)));
    await startAll();
    await startAll();
    await expect.poll(() => idsInTemporal(rig), patient).toEqual(wanted);
    const { rows } = await rig.pool.query<{ id: string }>('select id from schedules order by id');
    expect(rows.map(({ id }) => id)).toEqual(wanted.filter((id) => id !== 'reconcile'));
  });
});

describe('with two worker processes, one of which is killed, and then four', () => {
  let rig: ScheduleRig;
  const workers: Spawned[] = [];
  function startWorker(): Promise<void> {
    const worker = spawnNode('src/worker/main.ts', {
      ...rig.variables,
      METRICS_PORT: '0',
      LOG_LEVEL: 'info',
    });
    workers.push(worker);
    return untilReady(worker);
  }
  beforeAll(async () => {
    rig = await startScheduleRig(0);
    await Promise.all([startWorker(), startWorker()]);
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await rig.close();
  });

  test('no tick is lost, and none makes a second job', async () => {
    await rig.set('shaken', 'cleanup', { cron: '* 10-11 15 1 *' });
    const [first, second] = [
      ['2026-01-15T10:00:00Z', '2026-01-15T10:59:00Z'],
      ['2026-01-15T11:00:00Z', '2026-01-15T11:59:00Z'],
    ] as const;
    const made = async () => (await rig.ticks('shaken')).length;
    const letGo = await holdUpAfter(rig, 10);
    await rig.callFor('shaken', ...first);
    await expect.poll(made, patient).toBeGreaterThanOrEqual(10);
    workers[0]?.kill('SIGKILL');
    expect(await made()).toBeLessThan(60);
    await letGo();
    await Promise.all([rig.callFor('shaken', ...first), startWorker(), startWorker(), startWorker()]);
    await Promise.all([1, 2].map(() => rig.callFor('shaken', ...second)));

    await expect.poll(made, patient).toBe(120);
    await expect.poll(() => runsOf(rig, 'shaken'), patient).toBeGreaterThan(120);
    await expect.poll(() => openRunsOf(rig, 'shaken'), patient).toBe(0);
    const ticks = await rig.ticks('shaken');
    expect(ticks).toHaveLength(120);
    expect(new Set(ticks.map(({ job }) => job)).size).toBe(120);
    const jobs = `select count(*)::integer as made from jobs where requested_by = 'schedule shaken'`;
    expect((await rig.pool.query(jobs)).rows).toEqual([{ made: 120 }]);
  });
});

/** Once there are so many ticks, those that make more of them wait to be let go. */
async function holdUpAfter({ pool }: ScheduleRig, ticks: number): Promise<() => Promise<void>> {
  const holder = await pool.connect();
  await holder.query('select pg_advisory_lock(4711)');
  await pool.query(`
    create function hold_up() returns trigger language plpgsql as $$ begin
      if (select count(*) from schedule_ticks) >= ${ticks} then perform pg_advisory_xact_lock_shared(4711); end if;
      return new;
    end $$;
    create trigger hold_up before insert on schedule_ticks for each row execute function hold_up()`);
  return async () => {
    await holder.query('select pg_advisory_unlock(4711)');
    holder.release();
  };
}

/** As a worker that starts does it: again and again while Temporal has too much to do. */
async function startOnce({ client, context }: ScheduleRig): Promise<void> {
  const wait = { logger: context.logger, signal: new AbortController().signal };
  const ensure = () => ensureSchedules(context, client, builtInSchedules('UTC'));
  await untilThere('its schedules', ensure, () => false, wait);
}

async function runsOf({ client }: ScheduleRig, id: string): Promise<number> {
  const query = `WorkflowId STARTS_WITH 'tick-${id}' and ExecutionStatus = 'Completed'`;
  return (await client.workflow.count(query)).count;
}

async function openRunsOf({ client }: ScheduleRig, id: string): Promise<number> {
  const query = `WorkflowId STARTS_WITH 'tick-${id}' and ExecutionStatus = 'Running'`;
  return (await client.workflow.count(query)).count;
}

describe('a schedule in Temporal', () => {
  let rig: ScheduleRig;
  beforeAll(async () => {
    rig = await startScheduleRig(0);
  });
  afterAll(() => rig.close());

  test('is due when we say it is', async () => {
    const crons = [
      '0 2 * * *',
      '*/15 * * * *',
      '5-50/15 8-18 * * MON-FRI',
      '30 1 1 JAN,MAR *',
      '0 0 29 2 *',
      '0 2 * * SUN-SAT',
      '0 2 * * SAT,SUN',
      '0 2 * * MON-FRI/6',
      '0 2 * 2-MAR/12 *',
      '*/60 2 05 * *',
    ];
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'];
    for (const [index, cron] of crons.entries()) {
      expect(cronProblem(cron)).toBeNull();
      const timeZone = zones[index % zones.length] ?? 'UTC';
      const settings = await rig.set(`agreed-${index}`, 'cleanup', { cron, timeZone });
      const before = new Date();
      const { info } = await rig.client.schedule.getHandle(`agreed-${index}`).describe();
      const ours = [before, new Date()].map((now) =>
        nextTicks({ ...settings, unit: 'minute' }, now, info.nextActionTimes.length).map(
          ({ dueAt }) => dueAt,
        ),
      );
      // One may fall due while Temporal is asked.
      expect(ours).toContainEqual(info.nextActionTimes);
    }
  });

  test('leaves out whole holidays', async () => {
    const settings = await rig.set('holidays', 'cleanup', {
      cron: '0 */6 * * *',
      timeZone: 'America/New_York',
      skipDates: ['2027-01-01', '2027-12-25'],
    });
    const handle = rig.client.schedule.getHandle('holidays');
    const { spec } = await handle.describe();
    expect(spec.skip).toHaveLength(2);
    await handle.pause();
    const ours = nextTicks({ ...settings, unit: 'minute' }, new Date('2026-12-31T20:00:00Z'), 2);
    expect(ours.map(({ key }) => key)).toEqual(['2026-12-31T23:00Z', '2027-01-02T05:00Z']);
  });

  test('is left alone by a start that brings nothing new, and follows one that does', async () => {
    const handle = rig.client.schedule.getHandle('cleanup');
    await ensureSchedules(rig.context, rig.client, builtInSchedules('UTC'));
    await ensureSchedules(rig.context, rig.client, builtInSchedules('UTC'));
    expect((await handle.describe()).info.lastUpdatedAt).toBeUndefined();
    const daily = rig.client.schedule.getHandle('daily-summary');
    await ensureSchedules(rig.context, rig.client, builtInSchedules('Asia/Tokyo'));
    expect((await daily.describe()).spec.timezone).toBe('Asia/Tokyo');
    expect((await daily.describe()).info.lastUpdatedAt).toBeInstanceOf(Date);
  });

  test('keeps what an operator has set, and stays paused, through a start', async () => {
    await ensureSchedules(rig.context, rig.client, builtInSchedules('UTC'));
    await rig.set('daily-summary', 'daily-summary', { cron: '30 4 * * *', timeZone: 'America/New_York' });
    const handle = rig.client.schedule.getHandle('daily-summary');
    // Temporal has taken the change up by then: one that comes with a pause would undo it.
    await handle.describe();
    await handle.pause('for the night');
    await ensureSchedules(rig.context, rig.client, builtInSchedules('Europe/Paris'));
    const { spec, state } = await handle.describe();
    expect(spec.timezone).toBe('America/New_York');
    expect(state).toMatchObject({ paused: true, note: 'for the night' });
  });
});
