import type { LookupAddress } from 'node:dns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWebhookClient, type WebhookClient } from '../../src/providers/webhook-client.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { startWebhookRig, type WebhookRig } from './rig.ts';

const message = { body: '{}', headers: { 'webhook-id': 'order_1' } };
const timeoutMs = 10_000;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** A name server of the test's own, which gives one answer after the other. */
function resolving(...answers: readonly (readonly string[])[]) {
  const left = [...answers];
  const asked: string[] = [];
  const resolve = async (hostname: string): Promise<LookupAddress[]> => {
    asked.push(hostname);
    const addresses = left.shift() ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
}

const impatient = (resolve: () => Promise<LookupAddress[]>) =>
  createWebhookClient({ httpAllowed: true, allowedNetworks: [], timeoutMs: 100 }, resolve);

const post = (client: WebhookClient, host: string) =>
  client.post(`http://${host}:${receiver.port}/`, message);

describe('a webhook goes to no address', () => {
  test.each([
    '169.254.169.254',
    '127.0.0.1',
    'localhost',
    '0.0.0.0',
    '10.0.0.1',
    '192.168.1.1',
    '100.100.100.200',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
  ])('such as %s', async (host) => {
    const client = createWebhookClient({ httpAllowed: true, allowedNetworks: [], timeoutMs });
    expect(await post(client, host)).toMatchObject({ error: 'address_not_allowed', httpStatus: null });
    expect(receiver.received).toEqual([]);
  });

  test('that a name leads to, not even when others that it leads to are allowed', async () => {
    const { resolve } = resolving(['93.184.215.14', '127.0.0.1']);
    const client = createWebhookClient({ httpAllowed: true, allowedNetworks: [], timeoutMs }, resolve);
    expect(await post(client, 'shop.example')).toMatchObject({ error: 'address_not_allowed' });
    expect(receiver.received).toEqual([]);
  });

  test('without TLS where that is asked for', async () => {
    const client = createWebhookClient({ httpAllowed: false, allowedNetworks: ['127.0.0.1'], timeoutMs });
    expect(await post(client, '127.0.0.1')).toMatchObject({ error: 'address_not_allowed' });
  });
});

test('a network that is allowed is called, by address and by name', async () => {
  const client = createWebhookClient({
    httpAllowed: true,
    allowedNetworks: ['127.0.0.0/8', '::1'],
    timeoutMs,
  });
  expect(await post(client, '127.0.0.1')).toMatchObject({ error: null, httpStatus: 204 });
  expect(await post(client, 'localhost')).toMatchObject({ error: null, httpStatus: 204 });
});

test('a name is looked up once for each connection, so that a second answer is checked as the first', async () => {
  const { resolve, asked } = resolving(['127.0.0.1'], ['127.0.0.2'], ['169.254.169.254']);
  const client = createWebhookClient(
    { httpAllowed: true, allowedNetworks: ['127.0.0.1'], timeoutMs },
    resolve,
  );
  expect(await post(client, 'rebinding.example')).toMatchObject({ error: null });
  expect(await post(client, 'rebinding.example')).toMatchObject({ error: 'address_not_allowed' });
  expect(await post(client, 'rebinding.example')).toMatchObject({ error: 'address_not_allowed' });
  expect([asked.length, receiver.received.length]).toEqual([3, 1]);
});

test('a host that nobody knows is told from one that refuses and one that hangs', async () => {
  const unknown = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
  const hanging = new Promise<never>(() => undefined);
  expect(
    await post(
      impatient(() => Promise.reject(unknown)),
      'a.example',
    ),
  ).toMatchObject({ error: 'unknown_host' });
  expect(
    await post(
      impatient(() => hanging),
      'a.example',
    ),
  ).toMatchObject({ error: 'timed_out' });
});

test('a host whose TLS is broken is told from one that nobody listens at', async () => {
  const client = createWebhookClient({ httpAllowed: true, allowedNetworks: ['127.0.0.1'], timeoutMs });
  const url = `https://127.0.0.1:${receiver.port}/`;
  expect(await client.post(url, message)).toMatchObject({ error: 'tls_failed', httpStatus: null });
  await receiver.down();
  expect(await client.post(url, message)).toMatchObject({ error: 'no_connection', httpStatus: null });
});

test('a name that could not be looked up is left alone for a while', async () => {
  let asked = 0;
  const resolve = async (): Promise<LookupAddress[]> => {
    asked += 1;
    throw Object.assign(new Error('no name server'), { code: 'EAI_AGAIN' });
  };
  const client = createWebhookClient({ httpAllowed: true, allowedNetworks: [], timeoutMs }, resolve);
  for (let count = 0; count < 3; count += 1)
    expect(await post(client, 'a.example')).toMatchObject({ error: 'unknown_host' });
  expect(asked).toBe(1);
});

test('look-ups that hang leave the threads of the process to others', async () => {
  let underWay = 0;
  const resolve = () => {
    underWay += 1;
    return new Promise<never>(() => undefined);
  };
  const client = createWebhookClient({ httpAllowed: true, allowedNetworks: [], timeoutMs: 100 }, resolve);
  await Promise.all(Array.from({ length: 12 }, (_, at) => post(client, `host-${at % 6}.example`)));
  expect(underWay).toBe(2);
});

describe('an endpoint', () => {
  let rig: WebhookRig;
  /** Where each name leads to, look-up by look-up. */
  const names = new Map<string, string[]>();
  const byName = async (hostname: string): Promise<LookupAddress[]> => [
    { address: names.get(hostname)?.shift() ?? '127.0.0.1', family: 4 },
  ];
  beforeAll(async () => {
    rig = await startWebhookRig({ resolve: byName });
  });
  afterAll(() => rig.close());

  const errors = async (id: string) => (await rig.deliveries(id))[0]?.attempts.map(({ error }) => error);

  test.each([
    ['http://169.254.169.254/latest/meta-data', /must not lead to an address/],
    ['http://[::1]:3000/', /must not lead to an address/],
    ['ftp://shop.example/', /must be a URL that begins with/],
    ['shop.example', /must be a URL that begins with/],
    ['https://user:password@shop.example/', /must hold neither a user nor a password/],
    ['https://shop.example/\r\nhooks', /must hold neither spaces nor control characters/],
    [' https://shop.example/', /must hold neither spaces nor control characters/],
  ])('is refused at %s', async (url, why) => {
    const { status, body } = await rig.call('POST /webhook-endpoints', {
      json: { url, events: ['order.*'] },
    });
    expect([status, body.errors]).toEqual([422, [{ pointer: '#/url', detail: expect.stringMatching(why) }]]);
  });

  test('whose name leads to the metadata service is never called', async () => {
    names.set(
      'metadata.example',
      Array.from({ length: 10 }, () => '169.254.169.254'),
    );
    const { id } = await rig.endpoint(`http://metadata.example:${receiver.port}/`, 'order.*');
    await rig.happen('order.confirmed');
    await expect.poll(async () => (await rig.deliveries(id))[0]?.status).toBe('failed');
    expect(new Set(await errors(id))).toEqual(new Set(['address_not_allowed']));
    expect(receiver.received).toEqual([]);
  });

  test('whose name leads elsewhere at the second look is called the first time only', async () => {
    names.set('rebinding.example', ['127.0.0.1', ...Array.from({ length: 10 }, () => '127.0.0.2')]);
    const { id } = await rig.endpoint(`http://rebinding.example:${receiver.port}/`, 'order.*');
    const first = await rig.happen('order.accepted');
    await expect.poll(() => receiver.ids()).toEqual([first]);
    await rig.happen('order.confirmed');
    await expect.poll(() => errors(id)).toContain('address_not_allowed');
    expect(receiver.ids()).toEqual([first]);
  });
});
