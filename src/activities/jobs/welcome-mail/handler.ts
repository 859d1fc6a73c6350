import { registerJob } from '../job-handler.ts';
import { sendUserMail } from '../user-mail/send.ts';
import { welcomeMail } from './type.ts';

export const welcomeMailJob = registerJob(welcomeMail, (run, ctx) => sendUserMail(run, ctx, 'welcome'));
