import { expect, test } from 'vitest';
import { shipmentReference } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import type { Address } from '../../src/domain/order.ts';
import {
  cheapestRate,
  createCarriers,
  type Carriers,
  type CarriersConfig,
  type CarrierShipment,
  type Label,
} from '../../src/providers/easypost.ts';

const to: Address = {
  name: 'Dr. Steve Brule',
  line1: '179 N Harbor Dr',
  city: 'Redondo Beach',
  postalCode: '90277',
  region: 'CA',
  country: 'US',
};
const from: Address = {
  name: 'The Warehouse',
  line1: '417 Montgomery Street',
  line2: 'Floor 5',
  city: 'San Francisco',
  postalCode: '94104',
  region: 'CA',
  country: 'US',
};
const nowhere: Address = { ...to, line1: 'UNDELIVERABLE ST', city: 'San Francisco', postalCode: '94104' };

const hourMs = 60 * 60 * 1000;
const hourAgo = (): Date => new Date(Date.now() - hourMs);
const newReference = (): string => shipmentReference(newId(), 'main');

/** What anything that calls itself EasyPost has to do for us. */
export function easyPostContract(config: () => CarriersConfig): void {
  const carriers = (): Carriers => createCarriers(config());

  function created(reference = newReference()): Promise<CarrierShipment> {
    return carriers().createShipment({ reference, to, from, weightGrams: 500 });
  }

  async function bought(reference = newReference()): Promise<CarrierShipment & { label: Label }> {
    const { id, rates } = await created(reference);
    const shipment = await carriers().buy({ shipmentId: id, rateId: cheapestRate(rates).id });
    if (!shipment.label) throw new Error('a bought shipment has no label');
    return { ...shipment, label: shipment.label };
  }

  test('a shipment is made with our reference and the carriers’ rates, and without a label', async () => {
    const reference = newReference();
    const shipment = await created(reference);
    expect(shipment).toEqual({
      id: expect.stringMatching(/^shp_/),
      reference,
      rates: expect.any(Array),
      label: null,
      refundStatus: null,
      createdAt: expect.any(Date),
    });
    expect(shipment.rates.length).toBeGreaterThan(0);
    for (const rate of shipment.rates) {
      expect(rate).toMatchObject({ id: expect.stringMatching(/^rate_/), price: { currency: 'USD' } });
      expect(rate.price.amountMinor).toBeGreaterThan(0);
    }
    expect(await carriers().retrieveShipment(shipment.id)).toMatchObject({ id: shipment.id, reference });
  });

  test('a heavier parcel costs more', async () => {
    const light = cheapestRate((await created()).rates);
    const call = { reference: newReference(), to, from, weightGrams: 5_000 };
    const heavy = cheapestRate((await carriers().createShipment(call)).rates);
    expect(heavy.price.amountMinor).toBeGreaterThan(light.price.amountMinor);
  });

  test('an address where nothing can be delivered is refused, and told by a code alone', async () => {
    const call = carriers().createShipment({
      reference: newReference(),
      to: nowhere,
      from,
      weightGrams: 500,
    });
    const failure: unknown = await call.catch((error: unknown) => error);
    expect(failure).toMatchObject({
      type: 'UndeliverableAddress',
      facts: { httpStatus: 422, code: 'ADDRESS.VERIFY.FAILURE' },
      cause: undefined,
    });
    expect(String(failure)).not.toContain(nowhere.line1);
  });

  test('a label is bought at the rate that was chosen', async () => {
    const { id, rates } = await created();
    const rate = cheapestRate(rates);
    const shipment = await carriers().buy({ shipmentId: id, rateId: rate.id });
    expect(shipment.label).toEqual({
      trackingCode: expect.stringMatching(/^\w+$/),
      trackingUrl: expect.stringMatching(/^https:/),
      carrier: rate.carrier,
      service: rate.service,
      price: rate.price,
      labelUrl: expect.stringMatching(/^https:/),
      trackerId: expect.stringMatching(/^trk_/),
    });
  });

  test('buying again gives the label that was bought, whatever the rate', async () => {
    const { id, label, rates } = await bought();
    for (const rate of rates.slice(0, 2)) {
      const again = await carriers().buy({ shipmentId: id, rateId: rate.id });
      expect(again.label).toEqual(label);
    }
  });

  test('shipments are found by our reference, bought or not, the newest first', async () => {
    const reference = newReference();
    const span = { reference, createdAfter: hourAgo() };
    expect(await carriers().findByReference(span)).toEqual([]);
    const first = await created(reference);
    const second = await bought(reference);
    await created();
    const found = await carriers().findByReference(span);
    expect(found.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(found.find(({ id }) => id === second.id)?.label).toEqual(second.label);
    const later = new Date(Date.now() + hourMs);
    expect(await carriers().findByReference({ reference, createdAfter: later })).toEqual([]);
  });

  test('a label is given back, and asking again changes nothing', async () => {
    const { id } = await bought();
    const { status } = await carriers().refundLabel(id);
    expect(status).toMatch(/^(submitted|refunded)$/);
    expect((await carriers().refundLabel(id)).status).toMatch(/^(submitted|refunded)$/);
    expect((await carriers().retrieveShipment(id)).refundStatus).toMatch(/^(submitted|refunded)$/);
  });

  test('where no label was bought, none is given back', async () => {
    const { id } = await created();
    await expect(carriers().refundLabel(id)).rejects.toMatchObject({ type: 'ProviderStateConflict' });
  });

  test('a label’s parcel is tracked by its code and by its tracker', async () => {
    const { id, label } = await bought();
    const byCode = await carriers().tracker(label.trackingCode);
    expect(byCode).toMatchObject({
      trackerId: label.trackerId,
      trackingCode: label.trackingCode,
      shipmentId: id,
      status: expect.stringMatching(/^(unknown|pre_transit)$/),
      updatedAt: expect.any(Date),
    });
    expect(await carriers().tracker(byCode.trackerId)).toMatchObject({ trackingCode: label.trackingCode });
  });

  test('a code that nobody tracks is a conflict', async () => {
    const call = carriers().tracker('940000000000000000000');
    await expect(call).rejects.toMatchObject({ type: 'ProviderStateConflict' });
  });

  test('a shipment that does not exist is a mistake of ours', async () => {
    const call = carriers().retrieveShipment('shp_00000000000000000000000000000000');
    await expect(call).rejects.toMatchObject({ type: 'Misconfigured', facts: { httpStatus: 404 } });
  });

  test('a wrong API key is a mistake of ours, and ping shows it', async () => {
    await expect(carriers().ping()).resolves.toBeUndefined();
    const stranger = createCarriers({ ...config(), apiKey: 'nobody' });
    await expect(stranger.ping()).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { httpStatus: 401 },
    });
  });
}
