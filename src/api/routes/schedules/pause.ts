import { z } from 'zod';
import { oweScheduleChange } from '../../../db/outbox.ts';
import { transaction } from '../../../db/pool.ts';
import { pauseSchedule } from '../../../db/schedules/schedules.ts';
import { pauseNote } from '../../../domain/schedule-state.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleSchedule } from '../../document/examples.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { schedule } from '../../schemas/schedule.ts';
import { prose } from '../../schemas/text.ts';
import { scheduleParams } from './params.ts';
import { isReconciler, pauseReconciler } from './reconciler.ts';
import { afterChange, bodyOf, lockAsAsked, settleTicks } from './under-lock.ts';

export const pauseOneSchedule = endpoint({
  method: 'post',
  path: '/schedules/{id}/pause',
  operationId: 'pauseSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Pause a schedule',
  description:
    'From now on nothing happens at its ticks, whether Temporal is up or not. What has fallen due before is still made, where it has not been, and what it has begun goes on.',
  params: scheduleParams,
  unknown: 'unknown-schedule',
  body: z.strictObject({ reason: prose(maxReasonCharacters).optional() }),
  bodyOptional: true,
  bodyExample: { reason: 'the figures are being moved' },
  guarded: true,
  responses: { 200: { description: 'It is paused.', body: schedule, example: exampleSchedule } },
  problems: ['unknown-schedule', 'temporal-unavailable'],
  async handle({ params: { id }, body: { reason = null }, caller, ifMatch }, context) {
    const note = pauseNote({ by: caller.name, reason });
    if (isReconciler(id))
      return { status: 200, body: await pauseReconciler(context, ifMatch, { paused: true, note }) };
    const answer = await transaction(context.pool, async (tx) => {
      const known = await lockAsAsked(tx, id, ifMatch, context);
      const taken = await settleTicks(tx, known, context);
      if (await pauseSchedule(tx, id, { requestedBy: caller.name, reason }))
        await oweScheduleChange(tx, { id, settings: known.settings, change: 'pause', pauseNote: note });
      return { taken, body: await bodyOf(tx, id, context) };
    });
    afterChange(context, id, answer.taken);
    return { status: 200, body: answer.body };
  },
});
