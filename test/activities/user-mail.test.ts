import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { renderUserMail } from '../../src/activities/jobs/user-mail/mail.ts';
import { sendUserMail } from '../../src/activities/jobs/user-mail/send.ts';
import { transaction } from '../../src/db/pool.ts';
import { insertUser } from '../../src/db/users.ts';
import { newId } from '../../src/domain/new-id.ts';
import { userMailKinds } from '../../src/domain/user.ts';
import { createMailer, type Mailer } from '../../src/providers/mail.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let mail: MailSandbox;
let mailer: Mailer;
beforeAll(async () => {
  database = await createTestDatabase();
  mail = await startMailSandbox();
  mailer = createMailer({ smtpUrl: mail.smtpUrl, from: 'Shop <shop@shop.example>' });
});
afterAll(async () => {
  mailer.close();
  await mail.close();
  await database.drop();
});

let userId: string;
let email: string;
beforeEach(async () => {
  userId = newId();
  email = `${userId}@shop.example`;
  const user = { id: userId, email, name: 'Ada <Lovelace>', avatarPhotoId: null };
  await transaction(database.pool, (tx) => insertUser(tx, user));
});

/** One attempt of the job, for this user unless said otherwise. */
function send(kind: (typeof userMailKinds)[number], to = userId) {
  const context = { pool: database.pool, mailer, mailDomain: 'shop.example' };
  return sendUserMail({ input: { userId: to } }, context, kind);
}

describe('a mail to a user', () => {
  test('goes out once, however often its job is tried', async () => {
    expect(await send('welcome')).toEqual({ result: { sent: true } });
    expect(await send('welcome')).toEqual({ result: { sent: false } });
    expect(mail.messages({ to: email })).toHaveLength(1);
  });

  test('is one of its kind: the follow-up goes out beside the welcome', async () => {
    await send('welcome');
    await send('follow_up');
    const sent = mail.messages({ to: email });
    expect(sent.map(({ subject }) => subject)).toEqual(['How is it going?', 'Welcome']);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(2);
  });

  test('is repeated where the reply was lost, as the same mail', async () => {
    mail.faults.add({ operation: 'mail.send', mode: 'drop_reply', match: { to: email } });
    await expect(send('welcome')).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await send('welcome')).toEqual({ result: { sent: true } });
    const [second, first] = mail.messages({ to: email });
    expect(second?.messageId).toBe(first?.messageId);
  });

  test('is not repeated where the server did not take it', async () => {
    mail.faults.add({ operation: 'mail.send', mode: 'error500', match: { to: email } });
    await expect(send('welcome')).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    await send('welcome');
    expect(mail.messages({ to: email })).toHaveLength(1);
  });

  test('is refused where there is no such user any more', async () => {
    await expect(send('welcome', newId())).rejects.toMatchObject({ type: 'InvalidJobInput' });
  });
});

test.each(userMailKinds)(
  'the mail %s says the same as text and as HTML, and takes a name for no markup',
  (kind) => {
    const { subject, text, html } = renderUserMail(kind, 'Ada <b>&');
    expect(subject).not.toBe('');
    expect(text).toContain('Hello Ada <b>&,');
    expect(html).toContain('Hello Ada &lt;b&gt;&amp;,');
    const [, second = ''] = text.trim().split('\n\n');
    expect(html).toContain(second);
  },
);
