import { oweScheduleChange } from '../../../db/outbox.ts';
import { transaction } from '../../../db/pool.ts';
import {
  findSchedule,
  lockScheduleId,
  overrideSchedule,
  pauseNoteOf,
} from '../../../db/schedules/schedules.ts';
import { endpoint } from '../../endpoint.ts';
import { assertMatches } from '../../http/etag.ts';
import { exampleSchedule, exampleSettings } from '../../document/examples.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { newSettings, schedule } from '../../schemas/schedule.ts';
import { scheduleParams } from './params.ts';
import { assertChangeable } from './reconciler.ts';
import { askedType, furtherScheduleErrors, scheduleErrors, settingsFrom } from './settings.ts';
import { afterChange, bodyOf, settleTicks } from './under-lock.ts';

export const changeSchedule = endpoint({
  method: 'put',
  path: '/schedules/{id}',
  operationId: 'changeSchedule',
  tag: 'Schedules',
  access: 'ops',
  summary: 'Set how a schedule runs, or make one',
  description: `From now on; what has fallen due before is still made as the schedule was, where it has not been. What is left out of the
body is as the document says. A release that brings other settings does not
change what was set here. An id that there is not makes another schedule of the \`type\`: the daily summary of a second place,
say.`,
  params: scheduleParams,
  unknown: 'unknown-schedule',
  body: newSettings,
  bodyExample: exampleSettings,
  guarded: true,
  responses: {
    200: { description: 'The schedule as it runs now.', body: schedule, example: exampleSchedule },
    201: { description: 'There is such a schedule now.', body: schedule, example: exampleSchedule },
  },
  problems: ['unknown-schedule', 'schedule-fixed'],
  async furtherErrors(body, context, params) {
    const { id } = scheduleParams.parse(params);
    assertChangeable(id);
    const known = await findSchedule(context.pool, id);
    return furtherScheduleErrors(body, known?.jobType, context);
  },
  async handle({ params: { id }, body, caller, ifMatch }, context) {
    assertChangeable(id);
    const settings = settingsFrom(body);
    const answer = await transaction(context.pool, async (tx) => {
      const known = await lockScheduleId(tx, id);
      const errors = scheduleErrors(body, known?.jobType, context);
      const scheduled = askedType(body.type, known?.jobType, context);
      if (errors.length > 0 || !scheduled) throw invalidInput(errors);
      if (ifMatch !== null) assertMatches(ifMatch, known ? await bodyOf(tx, id, context) : null);
      const taken = await settleTicks(tx, known, context);
      await overrideSchedule(tx, { id, jobType: scheduled.rules.name, settings, changedBy: caller.name });
      await oweScheduleChange(tx, {
        id,
        settings,
        change: 'set',
        pauseNote: known ? pauseNoteOf(known) : null,
      });
      return { isNew: !known, taken, body: await bodyOf(tx, id, context) };
    });
    afterChange(context, id, answer.taken);
    return answer.isNew ? { status: 201, body: answer.body } : { status: 200, body: answer.body };
  },
});
