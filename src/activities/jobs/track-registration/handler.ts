import * as users from '../../../db/users.ts';
import { registerJob } from '../job-handler.ts';
import { trackRegistration } from './type.ts';

export const trackRegistrationJob = registerJob(trackRegistration, async ({ input }) => ({
  commit: (tx) => users.trackRegistration(tx, input.userId),
}));
