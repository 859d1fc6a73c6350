import { registerJob } from '../job-handler.ts';
import { sendUserMail } from '../user-mail/send.ts';
import { followUpMail } from './type.ts';

export const followUpMailJob = registerJob(followUpMail, (run, ctx) => sendUserMail(run, ctx, 'follow_up'));
