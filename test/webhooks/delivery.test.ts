import type { LookupAddress } from 'node:dns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import {
  after,
  answers,
  hangs,
  inTurn,
  startReceiver,
  takes,
  verified,
  type Behaviour,
  type Receiver,
} from './receiver.ts';
import { startWebhookRig, traceParent, type Delivery, type WebhookRig } from './rig.ts';

let rig: WebhookRig;
let receiver: Receiver;
let url: string;
/** What the look-ups of a name wait for, one after the other. */
const lookUps = new Map<string, (() => Promise<void>)[]>();
async function resolve(hostname: string): Promise<LookupAddress[]> {
  await lookUps.get(hostname)?.shift()?.();
  return [{ address: '127.0.0.1', family: 4 }];
}
beforeAll(async () => {
  rig = await startWebhookRig({ resolve });
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

const stillDown = async () => undefined;

test('tries until a receiver that was down is up, each time signed anew and under one id', async () => {
  const { id, secret } = await rig.endpoint(`http://late.example:${receiver.port}/`, 'order.*');
  lookUps.set('late.example', [stillDown, stillDown, stillDown, () => receiver.up()]);
  receiver.behave(inTurn(answers(500), answers(500), takes));
  await receiver.down();
  const messageId = await rig.happen('order.confirmed');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(receiver.ids()).toEqual([messageId, messageId, messageId]);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  for (const one of receiver.received) verified(secret, one);
  const down = { httpStatus: null, error: 'no_connection' };
  const refused = { httpStatus: 500, error: 'refused' };
  const taken = { httpStatus: 204, error: null };
  expect((await newest(id))?.attempts).toMatchObject([down, down, down, refused, refused, taken]);
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
    const { id } = await rig.endpoint(url, 'order.*');
    const othersGotThrough = Promise.withResolvers<void>();
    const fails = after(othersGotThrough.promise, answers(500));
    receiver.behave((response, got) => (got.body.includes('order.failed') ? fails : takes)(response, got));
    const failing = await rig.happen('order.failed');
    await expect.poll(() => receiver.ids()).toEqual([failing]);
    await rig.happen('order.confirmed');
    await expect.poll(() => statuses(id)).toEqual(['delivered', 'pending']);
    othersGotThrough.resolve();
    await expect.poll(() => statuses(id)).toEqual(['delivered', 'failed']);
    expect(await endpoint(id)).toMatchObject({ enabled: true });
    expect(await alertsAbout(id)).toEqual([]);
  });
});

test('gives up a receiver that does not answer in time, and holds up no other for it', async () => {
  const timeoutMs = 500;
  const hasty = await startWebhookRig({ variables: { WEBHOOK_TIMEOUT_MS: String(timeoutMs) } });
  onTestFinished(() => hasty.close());
  receiver.behave(hangs);
  const hanging = await hasty.endpoint(url, 'order.*');
  const well = await startReceiver();
  onTestFinished(() => well.close());
  const other = await hasty.endpoint(`http://127.0.0.1:${well.port}/`, 'order.*');
  const beganMs = performance.now();
  const sent: string[] = [];
  for (let count = 0; count < 20; count += 1) sent.push(await hasty.happen('order.accepted'));
  await expect.poll(() => [...new Set(well.ids())].toSorted()).toEqual(sent.toSorted());
  // Each of them hangs for half a second, eight at once.
  const rounds = Math.ceil((performance.now() - beganMs) / timeoutMs) + 1;
  expect(receiver.received.length).toBeLessThanOrEqual(8 * rounds);
  const deliveries = ({ id }: { id: string }) => hasty.deliveries(id, '?limit=100');
  await expect
    .poll(async () =>
      (await deliveries(hanging)).flatMap(({ attempts }) => attempts.map(({ error }) => error)),
    )
    .toContain('timed_out');
  await expect
    .poll(async () => new Set((await deliveries(other)).map(({ status }) => status)))
    .toEqual(new Set(['delivered']));
});

const changesProtocol: Behaviour = (response) =>
  response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');

test('takes an answer that changes the protocol for none, and goes on', async () => {
  receiver.behave(inTurn(changesProtocol, takes));
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(await errors(id)).toEqual(['no_connection', null]);
});

test('follows no redirect', async () => {
  receiver.behave(inTurn(answers(307, { location: `${url}/elsewhere` }), takes));
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(await errors(id)).toEqual(['redirected', null]);
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

/** An answer without an end. */
function goesOn(status: number, text: string): Behaviour {
  return (response) => void response.writeHead(status).write(text);
}

test('reads no more of an answer than it keeps, and waits for no end of it', async () => {
  receiver.behave(inTurn(goesOn(500, 'x'.repeat(100_000)), goesOn(200, 'taken, and more to come')));
  const { id } = await rig.endpoint(url, 'order.*');
  await rig.happen('order.confirmed');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  expect(await errors(id)).toEqual(['refused', null]);
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

test('sends a message again on request', async () => {
  const { id } = await rig.endpoint(url, 'order.*');
  const taken = await rig.happen('order.accepted');
  await expect.poll(() => statuses(id)).toEqual(['delivered']);
  const again = await rig.call(`POST /webhook-endpoints/${id}/deliveries/${(await newest(id))?.id}/resend`);
  expect(again.status).toBe(202);
  await expect.poll(() => receiver.ids()).toEqual([taken, taken]);
});

test('sends everything again that failed since a time, to an endpoint that is enabled again', async () => {
  const { id } = await rig.endpoint(url, 'order.*');
  const since = new Date(Date.now() - 1_000).toISOString();
  // One that gets through while they are tried has the endpoint stay as it is when they are given up, whichever is first.
  const oneGotThrough = Promise.withResolvers<void>();
  const fails = after(oneGotThrough.promise, answers(500));
  receiver.behave((response, got) => (got.body.includes('order.accepted') ? takes : fails)(response, got));
  const lost = [await rig.happen('order.confirmed'), await rig.happen('order.completed')];
  await expect.poll(() => receiver.ids().toSorted()).toEqual(lost.toSorted());
  await rig.happen('order.accepted');
  await expect.poll(() => statuses(id)).toEqual(['delivered', 'pending', 'pending']);
  oneGotThrough.resolve();
  await expect.poll(() => statuses(id)).toEqual(['delivered', 'failed', 'failed']);
  for (const enabled of [false, true])
    await rig.call(`PUT /webhook-endpoints/${id}`, { json: { url, events: ['order.*'], enabled } });
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
