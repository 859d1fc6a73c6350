import { z } from 'zod';
import { once } from '../../../db/idempotency.ts';
import { backfillTicks, isTaken } from '../../../db/schedules/ticks.ts';
import type { Schedule } from '../../../db/schedules/schedules.ts';
import { maxBackfillTicks, type Tick } from '../../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../../domain/scheduled-type.ts';
import { ticksOfDays } from '../../../domain/ticks.ts';
import { madeBody } from '../../bodies/schedule.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleTick } from '../../document/examples.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { answerOfRepeat } from '../../http/repeats.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { day, madeTick } from '../../schemas/schedule.ts';
import { scheduleParams } from './params.ts';
import { assertChangeable } from './reconciler.ts';
import { inputNotTaken, typeOf } from './type-of.ts';
import { lockAsAsked } from './under-lock.ts';

export const backfillSchedule = endpoint({
  method: 'post',
  path: '/schedules/{id}/backfill',
  operationId: 'backfillSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Have the jobs of past days made now',
  description: `Of every tick on the days from one to another that has none yet, by the clocks of the schedule, holidays left out; at
most ${maxBackfillTicks} at once.`,
  params: scheduleParams,
  unknown: 'unknown-schedule',
  repeatable: true,
  body: z.strictObject({ from: day, to: day }),
  bodyExample: { from: '2026-01-01', to: '2026-01-15' },
  responses: {
    202: {
      description: 'The jobs are accepted, now or before; the earliest tick first.',
      body: z.strictObject({ items: z.array(madeTick) }).meta({ id: 'Backfill' }),
      headers: replayHeaders,
      example: { items: [exampleTick] },
    },
  },
  problems: ['unknown-schedule', 'schedule-fixed'],
  async handle({ params: { id }, body, caller, repeatable }, context) {
    assertChangeable(id);
    const result = await once(context.pool, repeatable, async (tx) => {
      const schedule = await lockAsAsked(tx, id, null, context);
      const scheduled = typeOf(schedule, context);
      const asked = ticksAsked(schedule, scheduled, body).map((tick) => ({
        tick,
        job: jobOfTick(scheduled, tick, schedule.settings),
      }));
      if (!asked.every(({ job }) => isTaken(job)))
        throw invalidInput([{ pointer: '#/from', detail: inputNotTaken }]);
      const taken = await backfillTicks(tx, schedule, asked, caller.name);
      const items = taken.map(({ tick, ...made }) => madeBody(tick, made));
      return { status: 202, headers: {}, body: { items } };
    });
    context.jobs.wake();
    return answerOfRepeat(result);
  },
});

/** Throws an `invalid-input` problem where there are none, or more than are made at once. */
function ticksAsked(
  { settings }: Schedule,
  scheduled: ScheduledType,
  { from, to }: { from: string; to: string },
): Tick[] {
  if (from > to) throw invalidInput([{ pointer: '#/to', detail: 'must not be before `from`' }]);
  const all = ticksOfDays(timetableOf(scheduled, settings), from, to, maxBackfillTicks + 1);
  if (all.length > maxBackfillTicks)
    throw invalidInput([
      { pointer: '#/to', detail: `must be earlier: at most ${maxBackfillTicks} ticks are made at once` },
    ]);
  const due = all.filter(({ dueAt }) => dueAt.getTime() <= Date.now());
  if (due.length > 0) return due;
  throw invalidInput([{ pointer: '#/from', detail: 'begins a span in which nothing was due yet' }]);
}
