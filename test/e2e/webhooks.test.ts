import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorefront, succeeded, type Storefront } from '../../bench/shop/storefront.ts';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { openEvents } from '../api/event-client.ts';
import { startTestConstellation, type TestConstellation } from '../support/constellation.ts';
import { answers, startReceiver, takes, verified, type Receiver } from '../webhooks/receiver.ts';

/** Everything starts from nothing on a machine that is busy with other tests. */
const openMs = 180_000;
const testMs = 150_000;
const soonMs = 90_000;

let constellation: TestConstellation;
let storefront: Storefront;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver(answers(503));
  const env = {
    NODE_ENV: 'development',
    SANDBOX_CARRIER_STEP_MS: '100',
    // A second after a failure it is tried again, not five.
    WEBHOOK_RETRY_DELAYS_MS: '1000,1000,1000,1000,1000',
  };
  constellation = await startTestConstellation('shared', env);
  storefront = createStorefront(constellation.urls.api);
}, openMs);

afterAll(async () => {
  storefront?.close();
  await constellation?.stop();
  await receiver?.close();
}, openMs);

test('a shop hears of everything that happens to an order, each once', { timeout: testMs }, async () => {
  const url = `http://localhost:${receiver.port}/orders`;
  const asked = { url, events: ['order.*', 'shipment.*'] };
  const made = await storefront.http.call<{ secret: string }>('POST', '/webhook-endpoints', { json: asked });
  const { secret } = succeeded(made).body;
  const { orderId } = succeeded(await storefront.place()).body;
  await expect.poll(() => receiver.received.length, { timeout: soonMs }).toBeGreaterThan(0);
  const refused = receiver.received.length;
  receiver.behave(takes);
  const taken = () => receiver.received.slice(refused).map((one) => String(JSON.parse(one.body).type));
  const all = [
    'order.accepted',
    'order.confirmed',
    'shipment.dispatched',
    'shipment.delivered',
    'order.completed',
  ];
  await expect.poll(() => taken().toSorted(), { timeout: soonMs }).toEqual(all.toSorted());
  const ids = new Set(receiver.ids());
  expect([...ids].every((id) => id.startsWith(`order_${orderId}_`))).toBe(true);
  expect(ids.size).toBe(all.length);
  for (const one of receiver.received) {
    expect(whyNotDocumentedWebhook(JSON.parse(one.body))).toBeNull();
    expect(verified(secret, one)).toMatchObject({ data: { orderId } });
  }
});

test('who does not listen asks, follows, and fetches the invoice', { timeout: testMs }, async () => {
  const { orderId } = succeeded(await storefront.place()).body;
  const { api } = constellation.urls;
  const stream = await openEvents(api, orderId);
  await expect
    .poll(async () => (await storefront.order(orderId)).status, { timeout: soonMs })
    .toBe('completed');
  expect(await stream.ended).toBe('finished');
  expect(stream.events.at(0)?.event).toBe('order.accepted');
  expect(stream.events.at(-1)?.event).toBe('order.completed');
  expect(stream.ids()).toEqual(stream.ids().map((_id, index) => index + 1));
  const invoice = await fetch(`${api}/orders/${orderId}/invoice`);
  expect([invoice.status, invoice.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect((await invoice.text()).slice(0, 5)).toBe('%PDF-');
});
