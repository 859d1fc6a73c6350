import { intendUserMail, markUserMailSent } from '../../../db/users.ts';
import { refused } from '../../../domain/failures.ts';
import { userMessageId } from '../../../domain/ids.ts';
import type { UserMailKind } from '../../../domain/user.ts';
import type { JobContext, JobOutcome, JobRun } from '../job-handler.ts';
import { renderUserMail } from './mail.ts';

/** Sends the mail unless it has been sent; sent again only where the mail server's reply was lost. */
export async function sendUserMail(
  { input: { userId } }: Pick<JobRun<{ readonly userId: string }>, 'input'>,
  { pool, mailer, mailDomain }: Pick<JobContext, 'pool' | 'mailer' | 'mailDomain'>,
  kind: UserMailKind,
): Promise<JobOutcome> {
  const messageId = userMessageId(userId, kind, mailDomain);
  const user = await intendUserMail(pool, userId, kind, messageId);
  if (!user) throw refused('InvalidJobInput', 'There is no such user.');
  if (user.sent) return { result: { sent: false } };
  await mailer.send({ messageId, to: user.email, ...renderUserMail(kind, user.name) });
  await markUserMailSent(pool, userId, kind);
  return { result: { sent: true } };
}
