import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { answers, hangs, startReceiver, takes, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, traceParent, type Delivery, type WebhookRig } from './rig.ts';

let rig: WebhookRig;
let receiver: Receiver;
let url: string;
beforeAll(async () => {
  rig = await startWebhookRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  receiver = await startReceiver();
  url = `http://127.0.0.1:${receiver.port}/hooks`;
});
afterEach(async () => {
  await rig.pool.query(
    'update webhook_endpoints set deleted_at = clock_timestamp() where deleted_at is null',
  );
  await receiver.close();
});

const statuses = async (endpointId: string) => (await rig.deliveries(endpointId)).map(({ status }) => status);
const newest = async (endpointId: string): Promise<Delivery | undefined> =>
  (await rig.deliveries(endpointId))[0];
const errors = async (endpointId: string) => (await newest(endpointId))?.attempts.map(({ error }) => error);
const endpoint = async (id: string) => (await rig.call(`GET /webhook-endpoints/${id}`)).body;

async function alertsAbout(endpointId: string): Promise<unknown[]> {
  const { rows } = await rig.pool.query<{ facts: unknown }>(
    `select facts from operator_alerts where type = 'webhook.endpoint_disabled' and facts->>'endpointId' = $1`,
    [endpointId],
  );
  return rows.map(({ facts }) => facts);
}

test('tells an endpoint what it asks for, signed by Standard Webhooks, and of nothing else', async () => {
  const { secret } = await rig.endpoint(url, 'order.confirmed', 'shipment.*');
  await rig.happen('order.accepted');
  const confirmed = await rig.happen('order.confirmed', { totalMinor: 1200 });
  await rig.happen('payment.captured');
  const dispatched = await rig.happen('shipment.dispatched');
  await expect.poll(() => receiver.ids().toSorted()).toEqual([confirmed, dispatched].toSorted());
  const message = receiver.received.find(({ id }) => id === confirmed);
  expect(message?.path).toBe('/hooks');
  expect(verified(secret, message!)).toEqual({
    type: 'order.confirmed',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    data: { orderId: confirmed.split('_')[1], number: 1, totalMinor: 1200 },
  });
  for (const { body } of receiver.received) expect(whyNotDocumentedWebhook(JSON.parse(body))).toBeNull();
  expect(message?.headers['traceparent']).toMatch(new RegExp(`^${traceParent.slice(0, 36)}[0-9a-f]{16}-01$`));
});

test('tells each of two endpoints once, each with a secret of its own', async () => {
  const first = await rig.endpoint(url, 'order.*');
  const second = await rig.endpoint(`${url}?second`, 'order.confirmed');
  const id = await rig.happen('order.confirmed');
  await expect.poll(() => statuses(first.id)).toEqual(['delivered']);
  await expect.poll(() => statuses(second.id)).toEqual(['delivered']);
  expect(receiver.ids()).toEqual([id, id]);
  const [one, other] = receiver.received.toSorted((a, b) => a.path.length - b.path.length);
  verified(first.secret, one!);
  verified(second.secret, other!);
  expect(() => verified(first.secret, other!)).toThrow('No matching signature');
});

test('tries until a receiver that was down is up, each time signed anew and under one id', async () => {
  const { id, secret } = await rig.endpoint(url, 'order.*');
  await receiver.down();
  const messageId = await rig.happen('order.confirmed');
  await expect.poll(() => errors(id)).toEqual(['no_connection', 'no_connection', 'no_connection']);
  receiver.behave(answers(500));
  await receiver.up();
  await expect.poll(() => receiver.received.length).toBe(2);
  receiver.behave(takes);
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(new Set(receiver.ids())).toEqual(new Set([messageId]));
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  for (const one of receiver.received) verified(secret, one);
  expect((await newest(id))?.attempts.at(-1)).toMatchObject({ httpStatus: 204, error: null });
});

describe('a receiver that never takes anything', () => {
  test('is tried ten times, then its endpoint is disabled and operators are told', async () => {
    receiver.behave(answers(500, {}, 'call ada@example.com\0'));
    const { id } = await rig.endpoint(url, 'order.*');
    await rig.happen('order.confirmed');
    await expect.poll(() => statuses(id)).toEqual(['failed']);
    expect(receiver.received).toHaveLength(10);
    expect((await newest(id))?.attempts).toHaveLength(10);
    expect((await newest(id))?.attempts[0]).toMatchObject({
      httpStatus: 500,
      error: 'refused',
      answer: 'call [email]',
    });
    expect(await endpoint(id)).toMatchObject({ enabled: false, disabled: { reason: 'failing' } });
    expect(await alertsAbout(id)).toEqual([
      { endpointId: id, host: `127.0.0.1:${receiver.port}`, reason: 'failing' },
    ]);
  });

  test('loses that message only, where others get through meanwhile', async () => {
    const poison = await rig.happen('order.failed');
    const { id } = await rig.endpoint(url, 'order.*');
    receiver.behave((response, { body }) =>
      (body.includes('order.failed') ? answers(500) : takes)(response, {
        path: '',
        headers: {},
        body,
        id: poison,
      }),
    );
    const failing = await rig.happen('order.failed');
    await expect.poll(() => receiver.ids()).toContain(failing);
    await rig.happen('order.confirmed');
    await expect.poll(() => statuses(id)).toEqual(['delivered', 'failed']);
    expect(await endpoint(id)).toMatchObject({ enabled: true });
    expect(await alertsAbout(id)).toEqual([]);
  });
});

test('gives up a receiver that does not answer in time, and holds up no other for it', async () => {
  receiver.behave(hangs);
  const hanging = await rig.endpoint(url, 'order.*');
  const well = await startReceiver();
  const other = await rig.endpoint(`http://127.0.0.1:${well.port}/`, 'order.*');
  const sent: string[] = [];
  for (let count = 0; count < 20; count += 1) sent.push(await rig.happen('order.accepted'));
  await expect.poll(() => well.ids().toSorted()).toEqual(sent.toSorted());
  // Each of them hangs for half a second, eight at once.
  expect(receiver.received.length).toBeLessThanOrEqual(16);
  await expect
    .poll(async () =>
      (await rig.deliveries(hanging.id, '?limit=100')).flatMap(({ attempts }) =>
        attempts.map(({ error }) => error),
      ),
    )
    .toContain('timed_out');
  expect(new Set(await statuses(other.id))).toEqual(new Set(['delivered']));
  await well.close();
});

test('takes an answer that changes the protocol for none, and goes on', async () => {
  receiver.behave((response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  });
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => errors(id)).toContain('no_connection');
  receiver.behave(takes);
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
});

test('follows no redirect', async () => {
  receiver.behave(answers(307, { location: `${url}/elsewhere` }));
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => errors(id)).toContain('redirected');
  receiver.behave(takes);
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set(['/hooks']));
});

test('heeds a Retry-After that is longer than the ladder', async () => {
  receiver.behave(answers(503, { 'retry-after': '60' }));
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => errors(id)).toEqual(['refused']);
  const { nextAttemptAt } = (await newest(id))!;
  expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(50_000);
});

test('reads no more of an answer than it keeps, and waits for no end of it', async () => {
  receiver.behave((response) => {
    response.writeHead(500);
    response.write('x'.repeat(100_000));
  });
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => errors(id)).toContain('refused');
  receiver.behave((response) => {
    response.writeHead(200);
    response.write('taken, and more to come');
  });
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
});

describe('an endpoint that is gone', () => {
  test('is disabled, its messages are held, and they are sent once it is enabled again', async () => {
    receiver.behave(answers(410));
    const { id } = await rig.endpoint(url, 'order.*');
    const first = await rig.happen('order.accepted');
    await expect.poll(async () => (await endpoint(id)).disabled?.reason).toBe('gone');
    expect(await alertsAbout(id)).toMatchObject([{ reason: 'gone' }]);
    const second = await rig.happen('order.confirmed');
    expect(await statuses(id)).toEqual(['held', 'held']);
    expect(receiver.ids()).toEqual([first]);
    receiver.behave(takes);
    const { body } = await rig.call(`PUT /webhook-endpoints/${id}`, { json: { url, events: ['order.*'] } });
    expect(body).toMatchObject({ enabled: true, disabled: null });
    await expect.poll(() => statuses(id)).toEqual(['delivered', 'delivered']);
    expect(receiver.ids().toSorted()).toEqual([first, first, second].toSorted());
  });
});

test('sends a message again on request, and everything that failed since a time', async () => {
  const { id } = await rig.endpoint(url, 'order.*');
  const since = new Date(Date.now() - 1_000).toISOString();
  const taken = await rig.happen('order.accepted');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  const again = await rig.call(`POST /webhook-endpoints/${id}/deliveries/${(await newest(id))?.id}/resend`);
  expect(again.status).toBe(202);
  await expect.poll(() => receiver.ids()).toEqual([taken, taken]);

  receiver.behave(answers(500));
  const lost = [await rig.happen('order.confirmed'), await rig.happen('order.completed')];
  await expect.poll(async () => (await endpoint(id)).enabled).toBe(false);
  await rig.call(`PUT /webhook-endpoints/${id}`, { json: { url, events: ['order.*'], enabled: true } });
  await expect.poll(() => statuses(id)).toEqual(['failed', 'failed', 'delivered']);
  receiver.behave(takes);
  const before = receiver.received.length;
  const recovered = await rig.call(`POST /webhook-endpoints/${id}/recover`, { json: { since } });
  expect([recovered.status, recovered.body]).toEqual([202, { since }]);
  await expect.poll(() => statuses(id)).toEqual(['delivered', 'delivered', 'delivered']);
  expect(receiver.ids().slice(before).toSorted()).toEqual(lost.toSorted());
});

test('sends nothing to an endpoint that is deleted, and owes it nothing', async () => {
  const { id } = await rig.endpoint(url, 'order.*');
  expect((await rig.call(`DELETE /webhook-endpoints/${id}`)).status).toBe(204);
  expect((await rig.call(`DELETE /webhook-endpoints/${id}`)).status).toBe(404);
  await rig.happen('order.accepted');
  const { rowCount } = await rig.pool.query('select from webhook_deliveries where destination_id = $1', [id]);
  expect(rowCount).toBe(0);
});

test('signs with the new secret and the one before while a secret is being replaced', async () => {
  const { id, secret } = await rig.endpoint(url, 'order.*');
  const rotated = await rig.call(`POST /webhook-endpoints/${id}/rotate-secret`);
  await rig.happen('order.accepted');
  await expect.poll(() => receiver.received.length).toBe(1);
  verified(secret, receiver.received[0]!);
  verified(rotated.body.secret, receiver.received[0]!);
  await rig.call(`POST /webhook-endpoints/${id}/rotate-secret`, { json: { graceHours: 0 } });
  await rig.happen('order.confirmed');
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(() => verified(rotated.body.secret, receiver.received[1]!)).toThrow('No matching signature');
});

test('brings many messages through with few runs', async () => {
  const { id } = await rig.endpoint(url, 'order.*');
  const many = 500;
  await rig.pool.query(
    `insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data)
     select $1, 'order_many_' || n, 'order.confirmed', now(), '{}' from generate_series(1, $2) n`,
    [id, many],
  );
  await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(many);
  expect(new Set(receiver.ids()).size).toBe(many);
  const { rows } = await rig.pool.query<{ turn: number }>(
    'select turn from webhook_destinations where id = $1',
    [id],
  );
  expect(rows[0]?.turn).toBeLessThanOrEqual(2);
});
