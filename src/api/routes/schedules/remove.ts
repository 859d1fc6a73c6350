import { oweScheduleChange } from '../../../db/outbox.ts';
import { transaction } from '../../../db/pool.ts';
import { pauseNoteOf, removeSchedule, revertSchedule } from '../../../db/schedules/schedules.ts';
import { endpoint } from '../../endpoint.ts';
import { scheduleParams } from './params.ts';
import { assertChangeable } from './reconciler.ts';
import { afterChange, lockAsAsked, settleTicks } from './under-lock.ts';

export const removeOneSchedule = endpoint({
  method: 'delete',
  path: '/schedules/{id}',
  operationId: 'removeSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Take back what was set',
  description:
    'A schedule of the release runs as the release says again; another one is gone, with its past ticks. Jobs that it has made go on.',
  params: scheduleParams,
  unknown: 'unknown-schedule',
  guarded: true,
  responses: { 204: { description: 'It is taken back.', empty: true } },
  problems: ['unknown-schedule', 'schedule-fixed'],
  async handle({ params: { id }, ifMatch }, context) {
    assertChangeable(id);
    const taken = await transaction(context.pool, async (tx) => {
      const known = await lockAsAsked(tx, id, ifMatch, context);
      const { isBuiltIn, settings } = known;
      const due = isBuiltIn ? await settleTicks(tx, known, context) : [];
      const own = isBuiltIn ? await revertSchedule(tx, id) : null;
      if (own)
        await oweScheduleChange(tx, { id, settings: own, change: 'set', pauseNote: pauseNoteOf(known) });
      else {
        await removeSchedule(tx, id);
        await oweScheduleChange(tx, { id, settings, change: 'remove', pauseNote: null });
      }
      return due;
    });
    afterChange(context, id, taken);
    return { status: 204 };
  },
});
