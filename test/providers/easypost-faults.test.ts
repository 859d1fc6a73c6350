import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { shipmentReference } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import type { Address } from '../../src/domain/order.ts';
import { connectEasyPost } from '../../src/providers/easypost-client.ts';
import { cheapestRate, createCarriers, type Carriers } from '../../src/providers/easypost.ts';
import { badGateway, breakOff, drip, nonsense, startBrokenServer } from './broken-server.ts';

const apiKey = 'EZTKfaults';
const shortTimeoutMs = 150;
const address: Address = {
  name: 'Jane Doe',
  line1: '179 N Harbor Dr',
  city: 'Redondo Beach',
  postalCode: '90277',
  region: 'CA',
  country: 'US',
};

let sandbox: EasyPostSandbox;
let carriers: Carriers;
beforeAll(async () => {
  sandbox = await startEasyPostSandbox();
  carriers = createCarriers({ apiKey, apiBase: sandbox.apiUrl });
});
afterEach(() => sandbox.faults.clear());
afterAll(() => sandbox.close());

const fault = (request: FaultRequest) => sandbox.faults.add(request);
const parcel = (orderId = newId()) => ({
  reference: shipmentReference(orderId, 'main'),
  to: address,
  from: address,
  weightGrams: 500,
});

/** A shipment and what it takes to buy its label. */
async function shipmentToBuy(orderId = newId()) {
  const { id, rates } = await carriers.createShipment(parcel(orderId));
  return { shipmentId: id, rateId: cheapestRate(rates).id };
}

describe('a lost reply', () => {
  test('to a new shipment leaves one that is found by its reference', async () => {
    const orderId = newId();
    const call = parcel(orderId);
    fault({ operation: 'shipment.create', mode: 'drop_reply' });
    await expect(carriers.createShipment(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    const createdAfter = new Date(Date.now() - 60_000);
    const found = await carriers.findByReference({ reference: call.reference, createdAfter });
    expect(found).toMatchObject([{ reference: call.reference, label: null }]);
    expect(sandbox.ledger({ orderId, kind: 'shipment.created' })).toHaveLength(1);
  });

  test('to a purchase is made up for by buying again, and one label is bought', async () => {
    const orderId = newId();
    const call = await shipmentToBuy(orderId);
    fault({ operation: 'shipment.buy', mode: 'drop_reply' });
    await expect(carriers.buy(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    const { label } = await carriers.buy(call);
    const bought = sandbox.ledger({ orderId, kind: 'shipment.label_bought' });
    expect(bought).toMatchObject([{ details: { trackingCode: label?.trackingCode } }]);
  });

  test('to a refund is made up for by asking again, and one is submitted', async () => {
    const orderId = newId();
    const call = await shipmentToBuy(orderId);
    await carriers.buy(call);
    fault({ operation: 'shipment.refund', mode: 'drop_reply' });
    await expect(carriers.refundLabel(call.shipmentId)).rejects.toMatchObject({
      type: 'ProviderUnavailable',
    });
    expect(await carriers.refundLabel(call.shipmentId)).toEqual({ status: 'submitted' });
    expect(sandbox.ledger({ orderId, kind: 'shipment.refund_submitted' })).toHaveLength(1);
  });
});

test('a label whose parcel the carrier has is not given back', async () => {
  const call = await shipmentToBuy();
  const { label } = await carriers.buy(call);
  sandbox.carrier.advance(label?.trackingCode ?? '', 'in_transit');
  await expect(carriers.refundLabel(call.shipmentId)).rejects.toMatchObject({
    type: 'ProviderStateConflict',
    facts: { code: 'SHIPMENT.REFUND.UNAVAILABLE' },
  });
  expect(await carriers.tracker(label?.trackingCode ?? '')).toMatchObject({ status: 'in_transit' });
});

test('an address is taken as it is where verification is off, and refused when the carrier sells the label', async () => {
  const trusting = createCarriers({ apiKey, apiBase: sandbox.apiUrl, verifyAddresses: false });
  const to = { ...address, line1: 'Undeliverable Street 1' };
  const { id, rates } = await trusting.createShipment({ ...parcel(), to });
  await expect(trusting.buy({ shipmentId: id, rateId: cheapestRate(rates).id })).rejects.toMatchObject({
    type: 'UndeliverableAddress',
    facts: { code: 'SHIPMENT.POSTAGE.FAILURE' },
  });
});

describe('an error', () => {
  test.each([
    ['ADDRESS.VERIFY.UPSTREAM_UNAVAILABLE', 422, 'ProviderUnavailable'],
    ['ADDRESS.VERIFY.INTL_NOT_ENABLED', 422, 'Misconfigured'],
    ['ADDRESS.PARAMETERS.INVALID', 422, 'UndeliverableAddress'],
    ['SHIPMENT.PURCHASE.IN_PROGRESS', 422, 'ProviderUnavailable'],
    ['SHIPMENT.POSTAGE.FAILURE', 422, 'ProviderUnavailable'],
    ['PAYMENT_REQUIRED', 402, 'Misconfigured'],
    ['FORBIDDEN', 403, 'Misconfigured'],
    ['INTERNAL_SERVER_ERROR', 500, 'ProviderUnavailable'],
    ['GATEWAY_TIMEOUT', 504, 'ProviderUnavailable'],
  ])('%s with status %d is a %s', async (code, status, type) => {
    fault({ operation: 'shipment.create', mode: 'refuse', error: { code, status } });
    const failure = { type, facts: { code, httpStatus: status } };
    await expect(carriers.createShipment(parcel())).rejects.toMatchObject(failure);
  });

  test('429 hands on how long to wait', async () => {
    fault({ operation: 'shipment.list', mode: 'rate_limit', retryAfterSeconds: 2 });
    await expect(carriers.ping()).rejects.toMatchObject({ type: 'ProviderRateLimited', retryAfterMs: 2_000 });
  });

  test('keeps what EasyPost says about it to itself', async () => {
    const error = { code: 'ADDRESS.VERIFY.FAILURE', message: `${address.name} is not at ${address.line1}` };
    fault({ operation: 'shipment.create', mode: 'refuse', error });
    const failure: unknown = await carriers.createShipment(parcel()).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ type: 'UndeliverableAddress', cause: undefined });
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/Jane|Harbor|EZTK/);
  });
});

test('no answer in time is told at the time-out', async () => {
  const hasty = createCarriers({ apiKey, apiBase: sandbox.apiUrl, timeoutMs: shortTimeoutMs });
  fault({ operation: 'shipment.list', mode: 'hang' });
  const startedAt = performance.now();
  await expect(hasty.ping()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  expect(performance.now() - startedAt).toBeLessThan(10 * shortTimeoutMs);
});

test.each([
  ['a proxy’s error page', badGateway, 4_000],
  ['a broken connection', breakOff, undefined],
  ['half an answer', nonsense, undefined],
  ['an answer that does not end', drip, undefined],
])('%s passes by itself, after one request', async (_name, answer, retryAfterMs) => {
  const server = await startBrokenServer(answer);
  const call = createCarriers({ apiKey, apiBase: server.url, timeoutMs: shortTimeoutMs }).ping();
  await expect(call).rejects.toMatchObject({ type: 'ProviderUnavailable', retryAfterMs });
  expect(server.requests()).toBe(1);
  await server.close();
});

test('shipments are found behind more pages than one', async () => {
  const first = await carriers.createShipment(parcel());
  await Promise.all(Array.from({ length: 120 }, () => carriers.createShipment(parcel())));
  const span = { reference: first.reference ?? '', createdAfter: new Date(Date.now() - 60_000) };
  expect(await carriers.findByReference(span)).toMatchObject([{ id: first.id }]);
});

test.each([
  [1, 0.1],
  [453.59237, 16],
  [454, 16.1],
  [1000, 35.3],
])('%d g are %d ounces to the carrier, never less', async (weightGrams, ounces) => {
  const { id } = await carriers.createShipment({ ...parcel(), weightGrams });
  const call = connectEasyPost({ apiKey, apiBase: sandbox.apiUrl });
  expect(await call(({ Shipment }) => Shipment.retrieve(id))).toMatchObject({ parcel: { weight: ounces } });
});
