import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleSchedule } from '../../document/examples.ts';
import { schedule } from '../../schemas/schedule.ts';
import { readSchedule } from '../../bodies/schedule.ts';
import { scheduleParams } from './params.ts';
import { isReconciler, readReconciler } from './reconciler.ts';

export const getSchedule = endpoint({
  method: 'get',
  path: '/schedules/{id}',
  operationId: 'getSchedule',
  tag: 'Schedules',
  access: ['jobs:read', 'ops'],
  summary: 'Read a schedule',
  params: scheduleParams,
  unknown: 'unknown-schedule',
  tagged: true,
  responses: { 200: { description: 'The schedule as it is now.', body: schedule, example: exampleSchedule } },
  problems: ['unknown-schedule', 'temporal-unavailable'],
  async handle({ params: { id } }, context) {
    if (isReconciler(id)) return { status: 200, body: await readReconciler(context) };
    const body = await readSchedule(context.pool, id, context.scheduledTypes);
    if (!body) throw new Problem('unknown-schedule');
    return { status: 200, body };
  },
});
