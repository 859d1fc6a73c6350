import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startEasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { shipmentReference } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import { verifyEasyPostWebhook } from '../../src/providers/easypost-webhook.ts';
import { cheapestRate, createCarriers } from '../../src/providers/easypost.ts';
import { WebhookSignatureError } from '../../src/providers/webhook-signature.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const secret = 'sécret';
const path = '/webhooks/easypost';

const tracker = {
  object: 'Tracker',
  id: 'trk_1',
  tracking_code: '9400100000000000000001',
  shipment_id: 'shp_1',
  status: 'in_transit',
  weight: 17.6,
  updated_at: '2026-11-22T12:00:00Z',
};

function eventAbout(result: object | null, description = 'tracker.updated') {
  return { object: 'Event', id: 'evt_1', description, created_at: '2026-11-22T12:00:05Z', result };
}

function hmac(content: string, key = secret): string {
  return `hmac-sha256-hex=${createHmac('sha256', key.normalize('NFKD')).update(content).digest('hex')}`;
}

/** Signed with the first version. */
function signed(event: unknown, key = secret) {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return { body: Buffer.from(body), headers: { 'x-hmac-signature': hmac(body, key) } };
}

/** Signed with the second version alone. */
function signedAt(event: unknown, { ageSeconds = 0, key = secret } = {}) {
  const body = JSON.stringify(event);
  const timestamp = new Date(Date.now() - ageSeconds * 1000).toUTCString().replace('GMT', '-0000');
  const signature = hmac(`${timestamp}POST${path}${body}`, key);
  const headers = { 'x-timestamp': timestamp, 'x-path': path, 'x-hmac-signature-v2': signature };
  return { body: Buffer.from(body), headers };
}

describe('an event of EasyPost', () => {
  test.each([
    ['first', signed(eventAbout(tracker))],
    ['second', signedAt(eventAbout(tracker))],
  ])('signed with the %s version tells where the parcel is', (_version, { body, headers }) => {
    expect(verifyEasyPostWebhook(body, headers, secret)).toEqual({
      id: 'evt_1',
      type: 'tracker.updated',
      trackingCode: tracker.tracking_code,
      trackerId: 'trk_1',
      shipmentId: 'shp_1',
      status: 'in_transit',
      occurredAt: new Date('2026-11-22T12:00:00Z'),
    });
  });

  test('with a word that we don’t know for where the parcel is tells no status', () => {
    const { body, headers } = signed(eventAbout({ ...tracker, status: 'on_the_moon' }));
    expect(verifyEasyPostWebhook(body, headers, secret)).toMatchObject({ trackerId: 'trk_1', status: null });
  });

  test('about a shipment has no status of a parcel', () => {
    const refund = { object: 'Refund', id: 'rfnd_1', shipment_id: 'shp_1', status: 'refunded' };
    const { body, headers } = signed(eventAbout(refund, 'refund.successful'));
    expect(verifyEasyPostWebhook(body, headers, secret)).toMatchObject({
      type: 'refund.successful',
      shipmentId: 'shp_1',
      trackerId: null,
      status: null,
      occurredAt: new Date('2026-11-22T12:00:05Z'),
    });
  });

  test('about nothing is still an event', () => {
    const { body, headers } = signed(eventAbout(null, 'batch.created'));
    expect(verifyEasyPostWebhook(body, headers, secret)).toMatchObject({ trackingCode: null, status: null });
  });

  test('may be as old as the tolerance allows', () => {
    const { body, headers } = signedAt(eventAbout(tracker), { ageSeconds: 290 });
    expect(verifyEasyPostWebhook(body, headers, secret)).toMatchObject({ id: 'evt_1' });
    expect(() => verifyEasyPostWebhook(body, headers, secret, 60)).toThrow(WebhookSignatureError);
  });
});

describe('refused is', () => {
  const first = signed(eventAbout(tracker));
  const second = signedAt(eventAbout(tracker));
  const changed = Buffer.from(first.body.toString().replace('in_transit', 'delivered'));

  test.each([
    ['an unsigned event', { ...first, headers: {} }],
    ['an empty signature', { ...first, headers: { 'x-hmac-signature': '' } }],
    ['a signature that is none', { ...first, headers: { 'x-hmac-signature': 'hmac-sha256-hex=zzz' } }],
    ['somebody else’s first signature', signed(eventAbout(tracker), 'other')],
    ['somebody else’s second signature', signedAt(eventAbout(tracker), { key: 'other' })],
    ['an old event', signedAt(eventAbout(tracker), { ageSeconds: 310 })],
    ['an event of the future', signedAt(eventAbout(tracker), { ageSeconds: -310 })],
    ['a changed body with the first signature', { ...first, body: changed }],
    ['a changed body with the second signature', { ...second, body: changed }],
    [
      'a changed time',
      { ...second, headers: { ...second.headers, 'x-timestamp': new Date().toISOString() } },
    ],
    ['a changed path', { ...second, headers: { ...second.headers, 'x-path': '/elsewhere' } }],
    [
      'a wrong second beside a right first signature',
      { ...first, headers: { ...first.headers, 'x-hmac-signature-v2': hmac('x') } },
    ],
    [
      'a wrong first beside a right second signature',
      { ...second, headers: { ...second.headers, 'x-hmac-signature': hmac('x') } },
    ],
    ['a signed body that is no JSON', signed('hello')],
    ['a signed body that is no event', signed({ hello: 'world' })],
  ])('%s', (_what, { body, headers }) => {
    expect(() => verifyEasyPostWebhook(body, headers, secret)).toThrow(WebhookSignatureError);
  });

  test('every event where no secret is set', () => {
    const { body, headers } = signed(eventAbout(tracker), '');
    expect(() => verifyEasyPostWebhook(body, headers, '')).toThrow(WebhookSignatureError);
  });
});

test('what the sandbox sends is an event of ours', async () => {
  const receiver = await startWebhookReceiver(path);
  const sandbox = await startEasyPostSandbox({ webhook: { url: receiver.url, secret } });
  const carriers = createCarriers({ apiKey: 'EZTKwebhook', apiBase: sandbox.apiUrl });
  const address = { name: 'J', line1: '179 N Harbor Dr', city: 'R', postalCode: '90277', country: 'US' };
  const parcel = {
    reference: shipmentReference(newId(), 'main'),
    to: address,
    from: address,
    weightGrams: 500,
  };
  const { id: shipmentId, rates } = await carriers.createShipment(parcel);
  const { label } = await carriers.buy({ shipmentId, rateId: cheapestRate(rates).id });
  sandbox.carrier.advance(label?.trackingCode ?? '', 'in_transit');
  const events = () =>
    receiver.deliveries.map(({ body, headers }) => verifyEasyPostWebhook(body, headers, secret));
  await expect.poll(events).toContainEqual({
    id: expect.stringMatching(/^evt_/),
    type: 'tracker.updated',
    trackingCode: label?.trackingCode,
    trackerId: label?.trackerId,
    shipmentId,
    status: 'in_transit',
    occurredAt: expect.any(Date),
  });
  expect(receiver.deliveries[0]?.headers['x-hmac-signature-v2']).toBeDefined();
  await Promise.all([sandbox.close(), receiver.close()]);
});
