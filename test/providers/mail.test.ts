import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { noticeMessageId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createMailer, type Mail, type Mailer } from '../../src/providers/mail.ts';

const from = 'The Shop <orders@shop.example>';
const shortTimeoutMs = 200;

let sandbox: MailSandbox;
let mailer: Mailer;
beforeAll(async () => {
  sandbox = await startMailSandbox();
});
beforeEach(() => {
  mailer = createMailer({ smtpUrl: sandbox.smtpUrl, from });
});
afterEach(() => {
  mailer.close();
  sandbox.faults.clear();
});
afterAll(() => sandbox.close());

const fault = (request: FaultRequest) => sandbox.faults.add(request);

function newMail(mail: Partial<Mail> = {}): Mail {
  return {
    messageId: noticeMessageId(newId(), 'confirmed', 'shop.example'),
    to: 'jane@customer.example',
    subject: 'Ihre Bestellung ist bestätigt',
    text: 'Vielen Dank!\n',
    html: '<p>Vielen Dank!</p>\n',
    ...mail,
  };
}

const arrived = ({ messageId }: Mail) =>
  sandbox.messages().filter((message) => message.messageId === messageId);

describe('a mail', () => {
  test('arrives as it was written', async () => {
    const mail = newMail({ headers: { 'X-Order-Id': 'order-1' } });
    expect(await mailer.send(mail)).toEqual({ response: expect.stringMatching(/^250 /) });
    const [message] = arrived(mail);
    expect(message).toMatchObject({ to: [mail.to], subject: mail.subject, orderId: 'order-1' });
    expect(message?.from).toContain('orders@shop.example');
    const response = await fetch(`${sandbox.url}/sandbox/messages/${message?.number}`);
    const content = JSON.stringify(await response.json());
    expect(content).toContain('Vielen Dank!');
    expect(content).toContain('<p>Vielen Dank!</p>');
  });

  test('goes to one address only, whatever it holds', async () => {
    const mail = newMail({ to: 'jane@customer.example, joe@customer.example' });
    await mailer.send(mail).catch(() => undefined);
    const recipients = arrived(mail).flatMap(({ to }) => to);
    expect(recipients).not.toContain('joe@customer.example');
  });

  test('cannot bring headers of its own in its subject', async () => {
    const mail = newMail({ subject: 'Hello\r\nBcc: joe@customer.example' });
    await mailer.send(mail);
    expect(arrived(mail).flatMap(({ to }) => to)).toEqual([mail.to]);
  });

  test('follows another over the same connection', async () => {
    const connects = fault({ operation: 'mail.connect', mode: 'delay', delayMs: 0, times: 'always' });
    await mailer.send(newMail());
    await mailer.send(newMail());
    expect(sandbox.faults.list().find(({ faultId }) => faultId === connects.faultId)?.hits).toBe(1);
  });
});

describe('a refusal', () => {
  test.each(['mail.rcpt', 'mail.send'])('at %s is for good', async (operation) => {
    fault({
      operation,
      mode: 'refuse',
      error: { status: 550, message: '5.1.1 no jane@customer.example here' },
    });
    const failure: unknown = await mailer.send(newMail()).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ type: 'MailRefused', facts: { responseCode: 550 }, cause: undefined });
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('jane');
  });

  test.each(['nobody', '', 'nobody@', 'a b@customer.example'])(
    'of %j, which is no address, is for good',
    async (to) => {
      await expect(mailer.send(newMail({ to }))).rejects.toMatchObject({ type: 'MailRefused' });
    },
  );

  test.each(['mail.connect', 'mail.rcpt', 'mail.send'])(
    'for now at %s passes by itself',
    async (operation) => {
      fault({ operation, mode: 'error500' });
      const mail = newMail();
      await expect(mailer.send(mail)).rejects.toMatchObject({
        type: 'ProviderUnavailable',
        facts: { responseCode: 451 },
      });
      await mailer.send(mail);
      expect(arrived(mail)).toHaveLength(1);
    },
  );
});

describe('a lost reply', () => {
  test('is told, and nothing is sent again behind our back', async () => {
    const mail = newMail();
    fault({ operation: 'mail.send', mode: 'drop_reply' });
    await expect(mailer.send(mail)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(arrived(mail)).toHaveLength(1);
  });

  test('is followed by a repeat that can be told as one', async () => {
    const mail = newMail();
    fault({ operation: 'mail.send', mode: 'error500_after' });
    await expect(mailer.send(mail)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    await mailer.send(mail);
    expect(arrived(mail)).toHaveLength(2);
  });
});

describe('no answer in time', () => {
  test.each(['mail.connect', 'mail.rcpt', 'mail.send'])(
    'at %s is told at the time-out',
    async (operation) => {
      const hasty = createMailer({ smtpUrl: sandbox.smtpUrl, from, timeoutMs: shortTimeoutMs });
      fault({ operation, mode: 'hang' });
      const startedAt = performance.now();
      await expect(hasty.send(newMail())).rejects.toMatchObject({ type: 'ProviderUnavailable' });
      expect(performance.now() - startedAt).toBeLessThan(10 * shortTimeoutMs);
      hasty.close();
    },
  );

  test('leaves a mailer that sends the next mail', async () => {
    const hasty = createMailer({ smtpUrl: sandbox.smtpUrl, from, timeoutMs: shortTimeoutMs });
    fault({ operation: 'mail.send', mode: 'hang' });
    await expect(hasty.send(newMail())).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    const mail = newMail();
    await hasty.send(mail);
    expect(arrived(mail)).toHaveLength(1);
    hasty.close();
  });
});

test('a server that talks on and on is told at the time-out', async () => {
  const server = createServer((socket) => {
    socket.write('220 hello\r\n');
    const timer = setInterval(() => socket.write('250-and another thing\r\n'), 20);
    socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const smtpUrl = `smtp://127.0.0.1:${address.port}`;
  const hasty = createMailer({ smtpUrl, from, timeoutMs: shortTimeoutMs });
  await expect(hasty.send(newMail())).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  hasty.close();
  server.close();
});

test('nobody at the address passes by itself, and ping shows it', async () => {
  const gone = await startMailSandbox();
  const lost = createMailer({ smtpUrl: gone.smtpUrl, from });
  await expect(lost.ping()).resolves.toBeUndefined();
  lost.close();
  await gone.close();
  const again = createMailer({ smtpUrl: gone.smtpUrl, from });
  await expect(again.ping()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  await expect(again.send(newMail())).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  again.close();
});
