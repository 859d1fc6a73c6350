import type { Schedule } from '../../../db/schedules/schedules.ts';
import type { ScheduledType } from '../../../domain/scheduled-type.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';

/** What is wrong with a tick that no job can be made of, by its day or by settings of another release. */
export const inputNotTaken = 'gives an input that the type of the jobs does not take';

/** Throws a `schedule-fixed` problem where this release does not know the type of its jobs. */
export function typeOf(
  { jobType }: Schedule,
  { scheduledTypes }: Pick<ApiContext, 'scheduledTypes'>,
): ScheduledType {
  const scheduled = scheduledTypes.find(({ rules }) => rules.name === jobType);
  if (scheduled) return scheduled;
  throw new Problem('schedule-fixed', `This release makes no jobs of type \`${jobType}\`.`);
}
