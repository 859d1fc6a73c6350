import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { exampleSchedule } from '../../document/examples.ts';
import { schedule } from '../../schemas/schedule.ts';
import { readSchedules } from '../../bodies/schedule.ts';
import { readReconciler } from './reconciler.ts';

export const listAllSchedules = endpoint({
  method: 'get',
  path: '/schedules',
  operationId: 'listSchedules',
  tag: 'Schedules',
  access: ['jobs:read', 'ops'],
  summary: 'List what recurs',
  description:
    'All of them, by their ids. That of the reconciler is known to Temporal alone, and is missing while Temporal is down.',
  tagged: true,
  responses: {
    200: {
      description: 'The schedules.',
      body: z.strictObject({ items: z.array(schedule) }).meta({ id: 'ScheduleList' }),
      example: { items: [exampleSchedule] },
    },
  },
  problems: [],
  async handle(_request, context) {
    const [ofJobs, reconciler] = await Promise.all([
      readSchedules(context.pool, context.scheduledTypes),
      context.relay.state.temporalUp ? readReconciler(context).catch(() => null) : null,
    ]);
    const items = [...ofJobs, ...(reconciler ? [reconciler] : [])];
    return { status: 200, body: { items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) } };
  },
});
