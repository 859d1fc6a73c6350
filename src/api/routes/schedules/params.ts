import { z } from 'zod';
import { scheduleId } from '../../schemas/schedule.ts';

/** What every path of one schedule has. */
export const scheduleParams = z.object({ id: scheduleId });
