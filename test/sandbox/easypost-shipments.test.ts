import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { easyPostFor, type EasyPost, orderId, shipmentParams } from './easypost-client.ts';

let sandbox: EasyPostSandbox;
let client: EasyPost;

beforeEach(async () => {
  sandbox = await startEasyPostSandbox();
  client = easyPostFor(sandbox);
});
afterEach(() => sandbox.close());

async function bought() {
  const shipment = await client.Shipment.create(shipmentParams());
  return client.Shipment.buy(shipment.id, shipment.lowestRate());
}

describe('a shipment', () => {
  test('is created with rates, then bought with a label, a tracking code and a tracker', async () => {
    const shipment = await client.Shipment.create(shipmentParams());
    expect(shipment).toMatchObject({
      object: 'Shipment',
      reference: `${orderId}.main`,
      postage_label: null,
      tracking_code: null,
      refund_status: null,
    });
    expect(shipment.rates.map(({ service }) => service)).toEqual(['Express', 'Priority', 'GroundAdvantage']);
    const label = await client.Shipment.buy(shipment.id, shipment.lowestRate());
    expect(label.selected_rate.id).toBe(shipment.lowestRate().id);
    expect(label.postage_label.label_url).toMatch(/^https:/);
    expect(label.tracker).toMatchObject({ status: 'unknown', tracking_code: label.tracking_code });
    expect(await client.Shipment.retrieve(shipment.id)).toMatchObject({ tracking_code: label.tracking_code });
  });

  test('gets its postage once', async () => {
    const { id, rates, tracking_code: code } = await bought();
    await expect(client.Shipment.buy(id, rates[0]?.id ?? '')).rejects.toMatchObject({
      statusCode: 422,
      code: 'SHIPMENT.POSTAGE.EXISTS',
    });
    expect((await client.Shipment.retrieve(id)).tracking_code).toBe(code);
    expect(sandbox.ledger({ orderId, kind: 'shipment.label_bought' })).toHaveLength(1);
  });

  test('is bought at one of its own rates only', async () => {
    const { id } = await client.Shipment.create(shipmentParams());
    await expect(client.Shipment.buy(id, 'rate_nobody')).rejects.toMatchObject({ statusCode: 422 });
    expect(sandbox.ledger({ kind: 'shipment.label_bought' })).toEqual([]);
  });

  test('is found by its reference, the latest where there are more', async () => {
    await client.Shipment.create(shipmentParams());
    const { id } = await client.Shipment.create(shipmentParams());
    expect((await client.Shipment.retrieve(`${orderId}.main`)).id).toBe(id);
  });

  test('is listed once it is bought, and before that only when asked for', async () => {
    const { id: open } = await client.Shipment.create(shipmentParams());
    const { id: closed } = await bought();
    expect((await client.Shipment.all()).shipments.map(({ id }) => id)).toEqual([closed]);
    const page = await client.Shipment.all({ purchased: false, page_size: 1 });
    expect([page.shipments[0]?.id, page.has_more]).toEqual([closed, true]);
    expect((await client.Shipment.getNextPage(page)).shipments[0]?.id).toBe(open);
  });

  test('abroad goes with other carriers', async () => {
    const { rates } = await client.Shipment.create(
      shipmentParams({ street1: 'Hauptstr. 1', zip: '10115', country: 'DE' }),
    );
    expect(rates.map(({ carrier }) => carrier)).toContain('DHLExpress');
  });
});

describe('an address where nothing can be delivered', () => {
  const failure = {
    statusCode: 422,
    code: 'ADDRESS.VERIFY.FAILURE',
    errors: [
      { code: 'E.ADDRESS.NOT_FOUND', field: 'address', message: 'Address not found', suggestion: null },
    ],
  };

  test.each([
    { zip: '00000' },
    { street1: 'UNDELIVERABLE ST' },
    { street1: '000 unknown street', zip: '00001' },
  ])('like %j is refused at once where verification is strict', async (to) => {
    const params = shipmentParams({ ...to, verify_strict: true });
    await expect(client.Shipment.create(params)).rejects.toMatchObject(failure);
    expect(sandbox.ledger()).toEqual([]);
  });

  test('is marked where verification is asked for', async () => {
    const { to_address: to } = await client.Shipment.create(shipmentParams({ zip: '00000', verify: true }));
    expect(to.verifications.delivery).toMatchObject({
      success: false,
      errors: [{ code: 'E.ADDRESS.NOT_FOUND' }],
    });
  });

  test('fails the purchase where nobody verified it', async () => {
    const { id, rates } = await client.Shipment.create(shipmentParams({ zip: '00000' }));
    await expect(client.Shipment.buy(id, rates[0]?.id ?? '')).rejects.toMatchObject({
      statusCode: 422,
      code: 'SHIPMENT.POSTAGE.FAILURE',
    });
  });

  test('is found out on its own', async () => {
    const { zip, ...rest } = shipmentParams().to_address;
    await expect(client.Address.createAndVerify({ ...rest, zip: '00000' })).rejects.toMatchObject(failure);
    const { id } = await client.Address.create({ ...rest, zip });
    expect((await client.Address.verifyAddress(id)).id).toBe(id);
  });
});

describe('a label’s refund', () => {
  test('is submitted at once and settled by the carrier later, and the parcel never moves', async () => {
    const { id, tracker } = await bought();
    expect((await client.Shipment.refund(id)).refund_status).toBe('submitted');
    sandbox.carrier.setStepMs(10);
    await eventually(async () => (await client.Shipment.retrieve(id)).refund_status).toBe('refunded');
    expect((await client.Tracker.retrieve(tracker.id)).status).toBe('unknown');
    expect(sandbox.ledger({ orderId }).map(({ kind }) => kind)).toEqual([
      'shipment.created',
      'shipment.label_bought',
      'shipment.refund_submitted',
      'shipment.label_refunded',
    ]);
  });

  test('is asked for once', async () => {
    const { id } = await bought();
    await client.Shipment.refund(id);
    await expect(client.Shipment.refund(id)).rejects.toMatchObject({ statusCode: 422 });
    expect(sandbox.ledger({ kind: 'shipment.refund_submitted' })).toHaveLength(1);
  });

  test('comes too late once the carrier has the parcel', async () => {
    const { id, tracking_code: code } = await bought();
    sandbox.carrier.advance(code, 'in_transit');
    await expect(client.Shipment.refund(id)).rejects.toMatchObject({ code: 'SHIPMENT.REFUND.UNAVAILABLE' });
  });

  test('needs a label', async () => {
    const { id } = await client.Shipment.create(shipmentParams());
    await expect(client.Shipment.refund(id)).rejects.toMatchObject({ statusCode: 422 });
  });
});

describe('a call', () => {
  test('whose reply is dropped was done: buying again says so', async () => {
    const shipment = await client.Shipment.create(shipmentParams());
    sandbox.faults.add({ operation: 'shipment.buy', mode: 'drop_reply', match: { orderId } });
    await expect(client.Shipment.buy(shipment.id, shipment.lowestRate())).rejects.toThrow(/hang up/);
    await expect(client.Shipment.buy(shipment.id, shipment.lowestRate())).rejects.toMatchObject({
      code: 'SHIPMENT.POSTAGE.EXISTS',
    });
    expect(sandbox.summary()).toMatchObject({ labelsBought: 1, doubleLabels: [] });
  });

  test('is repeated at our own risk: every create makes a shipment', async () => {
    sandbox.faults.add({ operation: 'shipment.create', mode: 'error500_after' });
    await expect(client.Shipment.create(shipmentParams())).rejects.toMatchObject({ statusCode: 500 });
    await client.Shipment.create(shipmentParams());
    expect(sandbox.ledger({ orderId, kind: 'shipment.created' })).toHaveLength(2);
  });

  test.each([
    ['error500', { statusCode: 500 }],
    ['rate_limit', { statusCode: 429 }],
    ['refuse', { statusCode: 422, code: 'SHIPMENT.POSTAGE.FAILURE' }],
  ] as const)('that meets %s was not done', async (mode, error) => {
    const { id, rates } = await client.Shipment.create(shipmentParams());
    sandbox.faults.add({ operation: 'shipment.buy', mode });
    await expect(client.Shipment.buy(id, rates[0]?.id ?? '')).rejects.toMatchObject(error);
    expect(sandbox.ledger({ kind: 'shipment.label_bought' })).toEqual([]);
  });

  test('that hangs was not done, one that lands late is', async () => {
    const { id, rates } = await client.Shipment.create(shipmentParams());
    sandbox.faults.add({ operation: 'shipment.buy', mode: 'hang' });
    sandbox.faults.add({ operation: 'shipment.buy', mode: 'late_land', delayMs: 100 });
    const buy = () => easyPostFor(sandbox, 500).Shipment.buy(id, rates[0]?.id ?? '');
    await expect(buy()).rejects.toThrow(/[Tt]imeout/);
    expect(sandbox.ledger({ kind: 'shipment.label_bought' })).toEqual([]);
    await expect(buy()).rejects.toThrow(/hang up/);
    await eventually(() => sandbox.ledger({ kind: 'shipment.label_bought' })).toHaveLength(1);
  });

  test('that is incomplete is told which field it lacks', async () => {
    const { parcel: _, ...rest } = shipmentParams();
    await expect(client.Shipment.create(rest)).rejects.toMatchObject({
      statusCode: 422,
      code: 'PARAMETER.REQUIRED',
      errors: [{ field: 'shipment.parcel', message: 'cannot be blank' }],
    });
  });

  test('for what does not exist is answered with 404, one without a key with 401', async () => {
    await expect(client.Shipment.retrieve('shp_nobody')).rejects.toMatchObject({ statusCode: 404 });
    expect((await fetch(`${sandbox.apiUrl}shipments`)).status).toBe(401);
  });
});

test('two labels for one order are told, one that was given back is not counted', async () => {
  const { id } = await bought();
  await bought();
  expect(sandbox.summary()).toMatchObject({ doubleLabels: [{ orderId, labelsBought: 2 }] });
  await client.Shipment.refund(id);
  expect(sandbox.summary()).toMatchObject({ doubleLabels: [], labelsBought: 2, labelsRefunded: 1 });
});
