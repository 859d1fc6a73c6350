import { oweScheduleChange } from '../../../db/outbox.ts';
import { transaction } from '../../../db/pool.ts';
import { resumeSchedule } from '../../../db/schedules/schedules.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleSchedule } from '../../document/examples.ts';
import { schedule } from '../../schemas/schedule.ts';
import { nothing } from './nothing.ts';
import { scheduleParams } from './params.ts';
import { isReconciler, pauseReconciler } from './reconciler.ts';
import { bodyOf, lockAsAsked } from './under-lock.ts';

export const resumeOneSchedule = endpoint({
  method: 'post',
  path: '/schedules/{id}/resume',
  operationId: 'resumeSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Let a schedule go on',
  description: 'What was due meanwhile is not made up for; `backfill` does that.',
  params: scheduleParams,
  unknown: 'unknown-schedule',
  body: nothing,
  bodyOptional: true,
  guarded: true,
  responses: { 200: { description: 'It runs.', body: schedule, example: exampleSchedule } },
  problems: ['unknown-schedule', 'temporal-unavailable'],
  async handle({ params: { id }, caller, ifMatch }, context) {
    if (isReconciler(id)) {
      const note = `resumed by ${caller.name}`;
      return { status: 200, body: await pauseReconciler(context, ifMatch, { paused: false, note }) };
    }
    const answer = await transaction(context.pool, async (tx) => {
      const { settings } = await lockAsAsked(tx, id, ifMatch, context);
      await resumeSchedule(tx, id);
      // Also where it was paused in Temporal a moment ago, which is not known here yet.
      await oweScheduleChange(tx, { id, settings, change: 'resume', pauseNote: null });
      return bodyOf(tx, id, context);
    });
    context.relay.wake();
    return { status: 200, body: answer };
  },
});
