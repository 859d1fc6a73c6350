import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addDays, startOfDay } from '../../src/domain/local-time.ts';
import { startScheduleRig, type ScheduleRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const dayMs = 24 * 60 * 60 * 1_000;
const patient = { timeout: 30_000, interval: 250 };

let rig: ScheduleRig;
beforeAll(async () => {
  rig = await startScheduleRig(1);
});
afterAll(() => rig.close());

/** The look, as if it were made then, over all that was due since another day. */
async function lookAt(then: string, since: string, id: string): Promise<void> {
  await rig.pool.query(`update schedules set seen_until = $1 where id = $2`, [since, id]);
  await rig.look(new Date(then));
}

async function inputs(id: string): Promise<unknown[]> {
  const { rows } = await rig.pool.query(
    `select input from schedule_ticks join jobs on jobs.id = job_id where schedule_id = $1 order by due_at`,
    [id],
  );
  return rows.map(({ input }) => input);
}

describe('a daily schedule on real clocks', () => {
  test.each([
    // Temporal does not call for a time that the clocks skip.
    { zone: 'Europe/Berlin', cron: '0 2 * * *', before: '2026-03-28', skipped: true },
    { zone: 'America/New_York', cron: '0 2 * * *', before: '2026-03-07', skipped: true },
    { zone: 'Antarctica/Troll', cron: '0 2 * * *', before: '2026-03-28', skipped: true },
    // It takes one within the half hour that they skip for half an hour later.
    { zone: 'Australia/Lord_Howe', cron: '15 2 * * *', before: '2026-10-03', skipped: false },
    // It calls once or twice for one that they repeat.
    { zone: 'Europe/Berlin', cron: '0 2 * * *', before: '2026-10-24', skipped: false },
    { zone: 'America/New_York', cron: '0 1 * * *', before: '2026-10-31', skipped: false },
    { zone: 'Antarctica/Troll', cron: '0 2 * * *', before: '2026-10-24', skipped: false },
  ])(
    'in $zone makes one job for each day around $before at $cron',
    async ({ zone, cron, before, skipped }) => {
      const id = `daily-${zone.toLowerCase().replaceAll(/[^a-z]/g, '-')}-${before}`;
      await rig.set(id, 'daily-summary', { timeZone: zone, cron, catchUpMs: 10 * dayMs });
      const days = [before, addDays(before, 1), addDays(before, 2)];
      const start = startOfDay(before, zone).toISOString();
      const end = startOfDay(addDays(before, 3), zone).toISOString();
      await rig.callFor(id, start, end);
      await expect
        .poll(async () => (await rig.ticks(id)).map(({ tick }) => tick), patient)
        .toEqual(skipped ? [days[0], days[2]] : days);

      await lookAt(end, start, id);
      const ticks = await rig.ticks(id);
      expect(ticks.map(({ tick, outcome }) => [tick, outcome])).toEqual(days.map((one) => [one, 'made']));
      expect(ticks.map(({ cause }) => cause)).toEqual(
        skipped ? ['schedule', 'catch_up', 'schedule'] : ['schedule', 'schedule', 'schedule'],
      );
      expect(await inputs(id)).toEqual(days.map((one) => ({ day: addDays(one, -1), timeZone: zone })));
    },
  );

  test('calls twice where the clocks repeat the hour, and the second call changes nothing', async () => {
    const id = 'daily-twice';
    await rig.set(id, 'daily-summary', { timeZone: 'America/New_York', cron: '30 1 * * *' });
    await rig.callFor(id, '2026-11-01T04:00:00Z', '2026-11-01T08:00:00Z');
    const query = `WorkflowId STARTS_WITH 'tick-${id}'`;
    const outcomes = async () => {
      const found: unknown[] = [];
      for await (const { workflowId, runId } of rig.client.workflow.list({ query }))
        found.push(await rig.client.workflow.getHandle(workflowId, runId).result());
      return found;
    };
    await expect.poll(async () => (await outcomes()).length, patient).toBe(2);
    const [job] = await rig.ticks(id);
    expect(await outcomes()).toEqual(
      expect.arrayContaining([
        { tick: '2026-11-01', outcome: 'made', jobId: job?.job, isNew: true },
        { tick: '2026-11-01', outcome: 'made', jobId: job?.job, isNew: false },
      ]),
    );
  });
});

test('an hourly schedule has no tick for an hour that the clocks skip, and two where they repeat one', async () => {
  const keys = async () => (await rig.ticks('hourly')).map(({ tick }) => tick);
  await rig.set('hourly', 'cleanup', { timeZone: 'Europe/Berlin', cron: '0 * * * *' });
  await rig.callFor('hourly', '2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z');
  await rig.callFor('hourly', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z');
  const inSpring = ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'];
  // East of Greenwich Temporal does not call for the second one of the two.
  await expect.poll(keys, patient).toEqual([...inSpring, '2026-10-25T00:00Z', '2026-10-25T02:00Z']);
  await lookAt('2026-10-25T01:05:00Z', '2026-10-25T00:30:00Z', 'hourly');
  expect(await keys()).toEqual([...inSpring, '2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z']);
});

test('a weekly schedule is told of the week before, from Monday to Sunday', async () => {
  await rig.set('weekly', 'weekly-summary', { cron: '0 3 * * MON', timeZone: 'Europe/Berlin' });
  await rig.callFor('weekly', '2026-03-30T00:00:00Z', '2026-04-07T00:00:00Z');
  await expect
    .poll(() => inputs('weekly'), patient)
    .toEqual([
      { monday: '2026-03-23', timeZone: 'Europe/Berlin' },
      { monday: '2026-03-30', timeZone: 'Europe/Berlin' },
    ]);
});
