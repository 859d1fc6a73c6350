import { z } from 'zod';
import { once } from '../../../db/idempotency.ts';
import { isTaken, takeUpTick } from '../../../db/schedules/ticks.ts';
import type { Schedule } from '../../../db/schedules/schedules.ts';
import { dayAt, firstYear, isDay, lastYear } from '../../../domain/local-time.ts';
import type { Tick } from '../../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../../domain/scheduled-type.ts';
import { lastTick, tickNamed } from '../../../domain/ticks.ts';
import { madeBody } from '../../bodies/schedule.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleTick } from '../../document/examples.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { answerOfRepeat } from '../../http/repeats.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { madeTick } from '../../schemas/schedule.ts';
import { scheduleParams } from './params.ts';
import { isReconciler, triggerReconciler } from './reconciler.ts';
import { inputNotTaken, typeOf } from './type-of.ts';
import { lockAsAsked } from './under-lock.ts';

const jobHeaders = replayHeaders.extend({
  Location: z
    .string()
    .optional()
    .meta({ description: 'Of the job, where there is one.', example: `/jobs/${exampleTick.jobId}` }),
});

export const triggerSchedule = endpoint({
  method: 'post',
  path: '/schedules/{id}/trigger',
  operationId: 'triggerSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Have the job of a tick made now',
  description: `The tick that was due last, or the one that is named. Each tick has one job: one that has been made is given again. A
schedule that is paused, a holiday and an earlier job do not stand in the way.`,
  params: scheduleParams,
  unknown: 'unknown-schedule',
  repeatable: true,
  body: z.strictObject({
    tick: z.string().max(40).optional().meta({
      description: 'A day of the schedule or a minute of UTC, not one to come.',
      example: '2026-01-15',
    }),
  }),
  bodyOptional: true,
  bodyExample: {},
  responses: {
    200: {
      description: 'The tick has its job already.',
      body: madeTick,
      headers: jobHeaders,
      example: { ...exampleTick, isNew: false },
    },
    202: {
      description: 'The job is accepted.',
      body: madeTick,
      headers: jobHeaders,
      example: exampleTick,
    },
  },
  problems: ['unknown-schedule', 'temporal-unavailable'],
  async handle({ params: { id }, body, caller, repeatable }, context) {
    const result = await once(context.pool, repeatable, async (tx) => {
      if (isReconciler(id)) return triggerReconciler(context, body.tick);
      const schedule = await lockAsAsked(tx, id, null, context);
      const scheduled = typeOf(schedule, context);
      const tick = tickAsked(schedule, scheduled, body.tick);
      const job = jobOfTick(scheduled, tick, schedule.settings);
      if (!isTaken(job)) throw invalidInput([{ pointer: '#/tick', detail: inputNotTaken }]);
      const call = { cause: 'trigger', requestedBy: caller.name, isHoliday: false } as const;
      const made = await takeUpTick(tx, schedule, tick, job, call);
      const headers = { Location: `/jobs/${made.jobId}` };
      return { status: made.isNew ? 202 : 200, headers, body: madeBody(tick, made) };
    });
    context.jobs.wake();
    return answerOfRepeat(result);
  },
});

function tickAsked({ settings }: Schedule, scheduled: ScheduledType, name: string | undefined): Tick {
  const table = timetableOf(scheduled, settings);
  const now = new Date();
  if (name === undefined) {
    const last = lastTick(table, now);
    if (last) return last;
    throw invalidInput([{ pointer: '#/tick', detail: 'is required: the schedule has had none for a year' }]);
  }
  const isToCome = scheduled.unit === 'local_date' && isDay(name) && name > dayAt(now, settings.timeZone);
  if (isToCome) throw invalidInput([notYet]);
  const tick = tickNamed(table, name);
  if (!tick) throw invalidInput([{ pointer: '#/tick', detail: notATick[scheduled.unit] }]);
  if (tick.dueAt <= now) return tick;
  throw invalidInput([notYet]);
}

const notYet = { pointer: '#/tick', detail: 'must not be one to come' };

const notATick = {
  local_date: `must be a day of the schedule, from ${firstYear} to ${lastYear}, such as 2026-01-15`,
  minute: `must be a minute of UTC, from ${firstYear} to ${lastYear}, such as 2026-01-15T10:00Z`,
};
