import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { easyPostFor, type EasyPost, shipmentParams } from './easypost-client.ts';
import { startWebhookReceiver, type Received, type WebhookReceiver } from './webhook-receiver.ts';

const secret = 'sécret';
let receiver: WebhookReceiver;
let sandbox: EasyPostSandbox;
let client: EasyPost;

beforeEach(async () => {
  receiver = await startWebhookReceiver('/webhooks/easypost?from=easypost');
  sandbox = await startEasyPostSandbox({ webhook: { url: receiver.url, secret } });
  client = easyPostFor(sandbox);
});
afterEach(() => Promise.all([sandbox.close(), receiver.close()]));

async function bought() {
  const shipment = await client.Shipment.create(shipmentParams());
  return client.Shipment.buy(shipment.id, shipment.lowestRate());
}

const header = ({ headers }: Received, name: string): string => String(headers[name]);
const statusesSent = () =>
  receiver.received.map(({ body }): unknown => Reflect.get(JSON.parse(body).result, 'status'));
const allDelivered = () => eventually(() => sandbox.summary()).toMatchObject({ pendingWebhooks: 0 });

describe('a parcel', () => {
  test('goes its way on the carrier’s clock, and each step is told', async () => {
    sandbox.carrier.setStepMs(20);
    const { tracker, id } = await bought();
    await eventually(async () => (await client.Tracker.retrieve(tracker.id)).status).toBe('delivered');
    await allDelivered();
    const steps = ['pre_transit', 'in_transit', 'out_for_delivery', 'delivered'];
    // They are sent as they come, and one may overtake another on its way.
    expect(new Set(statusesSent())).toEqual(new Set(['unknown', ...steps]));
    expect(receiver.types().toSorted()).toEqual(['tracker.created', ...steps.map(() => 'tracker.updated')]);
    const delivered = await client.Tracker.retrieve(tracker.id);
    expect(delivered.tracking_details.map(({ status }) => status)).toEqual(steps);
    expect((await client.Shipment.retrieve(id)).status).toBe('delivered');
  });

  test('stays where it is while the carrier is held, and is moved by hand', async () => {
    const { tracker, tracking_code: code } = await bought();
    const url = `${sandbox.url}/sandbox/trackers/${code}/advance`;
    const statuses = [];
    for (let step = 0; step < 5; step += 1) {
      statuses.push(Reflect.get(JSON.parse(await (await fetch(url, { method: 'POST' })).text()), 'status'));
    }
    expect(statuses).toEqual(['pre_transit', 'in_transit', 'out_for_delivery', 'delivered', 'delivered']);
    expect((await client.Tracker.retrieve(tracker.id)).status).toBe('delivered');
  });

  test('can go astray', async () => {
    const { tracking_code: code } = await bought();
    expect(sandbox.carrier.advance(code, 'return_to_sender')).toMatchObject({ finalized: true });
    const url = `${sandbox.url}/sandbox/trackers/${code}/advance`;
    expect((await fetch(url, { method: 'POST', body: '{"status":"lost"}' })).status).toBe(422);
    expect((await fetch(`${sandbox.url}/sandbox/trackers/nobody/advance`, { method: 'POST' })).status).toBe(
      404,
    );
  });

  test('is held alone while the others go on', async () => {
    const [held, free] = [await bought(), await bought()];
    sandbox.carrier.hold(held.tracking_code, true);
    sandbox.carrier.setStepMs(10);
    await eventually(async () => (await client.Tracker.retrieve(free.tracker.id)).status).toBe('delivered');
    expect((await client.Tracker.retrieve(held.tracker.id)).status).toBe('unknown');
    sandbox.carrier.hold(held.tracking_code, false);
    await eventually(async () => (await client.Tracker.retrieve(held.tracker.id)).status).toBe('delivered');
  });

  test('from elsewhere is tracked too, once for each code', async () => {
    const tracker = await client.Tracker.create({ tracking_code: 'EZ1000000001', carrier: 'USPS' });
    expect((await client.Tracker.create({ tracking_code: 'EZ1000000001' })).id).toBe(tracker.id);
    const { trackers } = await client.Tracker.all({ tracking_code: 'EZ1000000001' });
    expect(trackers.map(({ id }) => id)).toEqual([tracker.id]);
  });
});

describe('a webhook', () => {
  test('is signed so that the official client accepts it, and only unchanged', async () => {
    await bought();
    await allDelivered();
    const [sent] = receiver.received;
    if (!sent) throw new Error('nothing was sent');
    const event = client.Utils.validateWebhook(Buffer.from(sent.body), sent.headers, secret);
    expect(event).toMatchObject({ object: 'Event', description: 'tracker.created', result: { weight: 16 } });
    const changed = Buffer.from(sent.body.replace('unknown', 'delivered'));
    expect(() => client.Utils.validateWebhook(changed, sent.headers, secret)).toThrow(/did not originate/);
    expect(() => client.Utils.validateWebhook(Buffer.from(sent.body), sent.headers, 'other')).toThrow(
      /secret/,
    );
  });

  test('carries the second signature too, over time, method, path and body', async () => {
    await bought();
    await allDelivered();
    const [sent] = receiver.received;
    if (!sent) throw new Error('nothing was sent');
    const [time, path] = [header(sent, 'x-timestamp'), header(sent, 'x-path')];
    expect(path).toBe('/webhooks/easypost?from=easypost');
    expect(time).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} -0000$/);
    expect(Math.abs(Date.now() - Date.parse(time))).toBeLessThan(60_000);
    const expected = createHmac('sha256', secret.normalize('NFKD'))
      .update(`${time}POST${path}${sent.body}`)
      .digest('hex');
    expect(header(sent, 'x-hmac-signature-v2')).toBe(`hmac-sha256-hex=${expected}`);
  });

  test('is sent again until it is answered with 2xx', async () => {
    receiver.answerWith(500);
    await bought();
    await eventually(() => receiver.received.length).toBeGreaterThanOrEqual(2);
    receiver.answerWith(200);
    await allDelivered();
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  test('is overtaken, doubled or lost on request', async () => {
    sandbox.faults.add({ operation: 'webhook.tracker.created', mode: 'out_of_order', delayMs: 60_000 });
    sandbox.faults.add({ operation: 'webhook.tracker.updated', mode: 'twice' });
    sandbox.faults.add({ operation: 'webhook.tracker.updated', mode: 'drop' });
    const { tracking_code: code } = await bought();
    sandbox.carrier.advance(code);
    await allDelivered();
    sandbox.carrier.advance(code);
    await allDelivered();
    expect(statusesSent()).toEqual(['pre_transit', 'pre_transit', 'unknown']);
  });
});
