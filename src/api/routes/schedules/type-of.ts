import type { Schedule } from '../../../db/schedules/schedules.ts';
import type { ScheduledType } from '../../../domain/scheduled-type.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';

/** Throws a `schedule-fixed` problem where this release does not know the type of its jobs. */
export function typeOf(
  { jobType }: Schedule,
  { scheduledTypes }: Pick<ApiContext, 'scheduledTypes'>,
): ScheduledType {
  const scheduled = scheduledTypes.find(({ rules }) => rules.name === jobType);
  if (scheduled) return scheduled;
  throw new Problem('schedule-fixed', `This release makes no jobs of type \`${jobType}\`.`);
}
