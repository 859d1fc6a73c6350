import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';

const orderId = '0199cccc-0000-7000-8000-000000000001';
const messageId = `<${orderId}.confirmed@shop.example>`;
/** Long enough for a busy machine; a server that hangs is waited for this long. */
const timeoutMs = 2_000;
let sandbox: MailSandbox;

beforeEach(async () => {
  sandbox = await startMailSandbox();
});
afterEach(() => sandbox.close());

function send(overrides: SendMailOptions = {}) {
  const transport = createTransport({
    host: '127.0.0.1',
    port: sandbox.smtpPort,
    socketTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
  });
  return transport.sendMail({
    from: 'Shop <shop@example.com>',
    to: 'ada@example.com',
    subject: 'Your order is on its way – ✓',
    text: 'Hello Ada',
    html: '<p>Hello <b>Ada</b></p><script>alert(1)</script>',
    messageId,
    ...overrides,
  });
}

describe('a message', () => {
  test('is kept before it is accepted, and found by recipient, order and Message-ID', async () => {
    const { response } = await send();
    expect(response).toMatch(/^250 /);
    const expected = [
      {
        messageId,
        orderId,
        to: ['ada@example.com'],
        subject: 'Your order is on its way – ✓',
        acknowledged: true,
      },
    ];
    expect(sandbox.messages({ to: 'Ada@Example.com' })).toMatchObject(expected);
    expect(sandbox.messages({ orderId })).toMatchObject(expected);
    expect(sandbox.messages({ messageId })).toMatchObject(expected);
    expect(sandbox.messages({ to: 'bob@example.com' })).toEqual([]);
    const listed = await fetch(`${sandbox.url}/sandbox/messages?orderId=${orderId}`);
    expect(await listed.json()).toMatchObject({ messages: expected });
    expect(sandbox.ledger({ orderId })).toMatchObject([{ kind: 'mail.received', id: messageId }]);
  });

  test('names its order in a header where its Message-ID does not', async () => {
    await send({ messageId: '<welcome@shop.example>', headers: { 'X-Order-Id': 'order-7' } });
    expect(sandbox.messages({ orderId: 'order-7' })).toHaveLength(1);
  });

  test('can be read in full', async () => {
    await send({ attachments: [{ filename: 'invoice.pdf', content: 'PDF' }] });
    const response = await fetch(`${sandbox.url}/sandbox/messages/1`);
    expect(await response.json()).toMatchObject({
      content: {
        text: 'Hello Ada',
        html: expect.stringContaining('<b>Ada</b>'),
        attachments: [{ filename: 'invoice.pdf' }],
      },
      source: expect.stringContaining('Message-ID'),
    });
  });

  test('that is sent again although its reply arrived is told', async () => {
    await send();
    await send();
    await send({ messageId: '<other@shop.example>' });
    expect(sandbox.messages({ messageId }).map(({ reception }) => reception)).toEqual([2, 1]);
    expect(sandbox.summary()).toMatchObject({
      receptions: 3,
      messages: 2,
      repeatedWithoutLostReply: [{ messageId, receptions: 2 }],
    });
  });
});

describe('on request', () => {
  test('a reply is lost after the message was kept: sending it again is no mistake', async () => {
    sandbox.faults.add({ operation: 'mail.send', mode: 'drop_reply', match: { orderId } });
    await expect(send()).rejects.toThrow('Connection closed');
    await send();
    expect(sandbox.messages().map(({ acknowledged }) => acknowledged)).toEqual([true, false]);
    expect(sandbox.summary()).toMatchObject({ receptions: 2, messages: 1, repeatedWithoutLostReply: [] });
  });

  test.each([
    ['refuse', {}, 550],
    ['refuse', { status: 554, message: '5.7.1 Blocked' }, 554],
    ['error500', {}, 451],
  ] as const)('a message is answered with %s %j', async (mode, error, responseCode) => {
    sandbox.faults.add({ operation: 'mail.send', mode, error });
    await expect(send()).rejects.toMatchObject({ responseCode });
    expect(sandbox.messages()).toEqual([]);
    await send();
    expect(sandbox.messages()).toHaveLength(1);
  });

  test('a recipient is refused', async () => {
    sandbox.faults.add({ operation: 'mail.rcpt', mode: 'refuse', match: { to: 'ada@example.com' } });
    await expect(send()).rejects.toMatchObject({ responseCode: 550 });
    await send({ to: 'bob@example.com' });
    expect(sandbox.messages()).toMatchObject([{ to: ['bob@example.com'] }]);
  });

  test('the server hangs, or is down', async () => {
    sandbox.faults.add({ operation: 'mail.send', mode: 'hang' });
    await expect(send()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    sandbox.faults.add({ operation: 'mail.connect', mode: 'drop_request', times: 'always' });
    await expect(send()).rejects.toThrow('Connection closed');
    await expect(send()).rejects.toThrow('Connection closed');
    expect(sandbox.messages()).toEqual([]);
    sandbox.faults.clear();
    await send();
    expect(sandbox.messages()).toHaveLength(1);
  });
});

const page = async (path: string) => (await fetch(`${sandbox.url}${path}`)).text();

describe('the inbox', () => {
  test('lists the newest message first and searches', async () => {
    expect(await page('/')).toContain('No mail yet');
    await send({ subject: 'First' });
    await send({ subject: '<Second>', messageId: '<2@shop.example>', to: 'bob@example.com' });
    const list = await page('/');
    expect(list).toContain('2 messages');
    expect(list.indexOf('&lt;Second&gt;')).toBeLessThan(list.indexOf('First'));
    expect(await page(`/?q=${orderId}`)).toContain('1 of 2');
    expect(await page('/?q=BOB')).not.toContain('First');
  });

  test('shows a message without running anything that is in it', async () => {
    await send();
    const message = await page('/messages/1');
    expect(message).toContain('Your order is on its way');
    expect(message).toContain('sandbox=""');
    expect(message).toContain('&lt;script&gt;');
    expect(message).not.toContain('<script>alert');
    expect((await fetch(`${sandbox.url}/messages/2`)).status).toBe(404);
  });

  test('needs nothing from elsewhere', async () => {
    await send();
    for (const path of ['/', '/messages/1'])
      expect(await page(path)).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});
