import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { address, customer, gossip, sightings } from './canaries.ts';
import { databaseRemains, histories } from './remains.ts';
import { startCanaryService, type CanaryService } from './service.ts';
import { createStorefront, faultFor, type Storefront } from './storefront.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Attempts back off on the way to an operator, and an undo waits for what may still be under way. */
const patient = { timeout: 90_000, interval: 100 };

/** Tests that run beside each other have no `expect.poll` in common. */
async function until(what: () => unknown, value: unknown): Promise<void> {
  await vi.waitFor(async () => expect(await what()).toEqual(value), patient);
}

let service: CanaryService;
let shop: Storefront;
/** Secrets that are made while the test runs. */
let made: string[] = [];

beforeAll(async () => {
  service = await startCanaryService();
  shop = createStorefront(service);
  made = [service.apiKey, service.apiKey.slice('osk_12345678_'.length), passwordOf(service)];
  await service.pool.query(`
    insert into products (sku, name, price_minor, currency, weight_grams) values
      ('PLENTY', 'Mug', 1250, 'EUR', 380), ('NONE', 'Cap', 1999, 'EUR', 90);
    insert into stock (sku, warehouse, on_hand) values ('PLENTY', 'main', 1000);
    insert into stock_movements (sku, warehouse, kind, quantity) values ('PLENTY', 'main', 'received', 1000);
  `);
});

afterAll(() => service?.close());

const passwordOf = ({ config }: CanaryService) => new URL(config.secrets.databaseUrl.reveal()).password;

async function reaches(orderId: string, state: string): Promise<void> {
  await until(() => shop.stateOf(orderId), state);
}

/** Brings the parcel to the customer. */
async function deliver(orderId: string): Promise<void> {
  const codeOf = () => service.easypost.labels().find((label) => label.orderId === orderId)?.trackingCodes[0];
  await until(codeOf, expect.any(String));
  const paid = `select from orders where id = $1 and payment_status = 'captured'`;
  await until(async () => (await service.pool.query(paid, [orderId])).rowCount, 1);
  service.easypost.carrier.advance(codeOf() ?? '', 'in_transit');
  service.easypost.carrier.advance(codeOf() ?? '', 'delivered');
}

/** Everything has been told that there is to tell: nothing waits in the outbox, and the mails are out. */
async function untilTold(): Promise<void> {
  await until(owed, 0);
}

async function owed(): Promise<number | null> {
  return (await service.pool.query('select from outbox where attempts = 0')).rowCount;
}

async function alterOrders(what: string): Promise<void> {
  await service.pool.query(`alter table orders ${what}`);
}

describe('orders that go well and in every way badly', () => {
  test('one completes', async () => {
    const id = await shop.place();
    await deliver(id);
    await reaches(id, 'completed');
    expect(await shop.call('GET', `/orders/${id}/timeline`)).toBe(200);
    expect(await shop.call('GET', `/orders/${id}/workflow`)).toBe(200);
    expect(service.mail.messages({ orderId: id })[0]?.to).toContain(customer.email);
  });

  test.each([
    ['the card is declined', { paymentMethod: 'pm_card_chargeDeclined' }],
    ['the bank wants to see the customer', { paymentMethod: 'pm_card_authenticationRequired' }],
    ['there is nothing in stock', { sku: 'NONE' }],
    ['nobody delivers there', { line1: `UNDELIVERABLE ${address.line1}` }],
  ])('one is refused: %s', async (_why, order) => {
    const id = await shop.place(order);
    await reaches(id, 'failed');
    expect(await shop.call('GET', `/orders/${id}/timeline`)).toBe(200);
    expect(await shop.call('POST', `/orders/${id}/cancel`, { reason: 'too late' })).toBe(409);
  });

  const talks = { error: { status: 400, code: 'parameter_invalid', message: gossip } } as const;
  test.concurrent.each<[string, 'stripe' | 'easypost', FaultRequest]>([
    ['Stripe refuses', 'stripe', { operation: 'payment_intent.capture', mode: 'refuse', ...talks }],
    ['Stripe breaks down', 'stripe', { operation: 'payment_intent.*', mode: 'error500' }],
    ['Stripe’s replies are lost', 'stripe', { operation: 'payment_intent.*', mode: 'drop_reply' }],
    ['Stripe asks for a pause', 'stripe', { operation: 'payment_intent.*', mode: 'rate_limit' }],
    ['EasyPost refuses', 'easypost', { operation: 'shipment.*', mode: 'refuse', ...talks }],
    ['EasyPost breaks down', 'easypost', { operation: 'shipment.*', mode: 'error500' }],
    ['EasyPost’s replies are lost', 'easypost', { operation: 'shipment.*', mode: 'drop_reply' }],
  ])('one needs an operator: %s', async (_why, provider, fault) => {
    const { faults } = service[provider];
    const id = await shop.place();
    const { faultId } = faults.add(faultFor(id, { ...fault, times: 'always' }));
    await reaches(id, 'needs attention');
    expect(await shop.call('GET', `/orders/${id}/workflow`)).toBe(200);
    faults.clear(faultId);
    const decision = { action: 'cancel', note: 'seen to' };
    expect(await shop.call('POST', `/orders/${id}/resolve`, decision)).toBe(202);
    await reaches(id, 'cancelled');
    expect(await shop.call('GET', `/orders/${id}/timeline`)).toBe(200);
  });

  test('one meets a database that repeats the whole row in its error', async () => {
    await alterOrders(`add constraint trouble check (status <> 'confirmed') not valid`);
    const id = await shop.place();
    await reaches(id, 'needs attention');
    expect(await shop.call('GET', `/orders/${id}/workflow`)).toBe(200);
    await alterOrders('drop constraint trouble');
    expect(await shop.call('POST', `/orders/${id}/resolve`, { action: 'retry', note: 'mended' })).toBe(202);
    await deliver(id);
    await reaches(id, 'completed');
  });

  test('a mail is refused, in words that name the customer', async () => {
    service.mail.faults.add({
      operation: 'mail.send',
      mode: 'refuse',
      match: { to: customer.email },
      error: { status: 550, message: `5.1.1 ${gossip}: mailbox unavailable` },
    });
    const id = await shop.place();
    await deliver(id);
    await reaches(id, 'completed');
    await until(() => service.output().includes('"event":"noticeRefused"'), true);
    expect(await shop.call('GET', `/orders/${id}/timeline`)).toBe(200);
  });

  test('requests that the API refuses', async () => {
    const wrong = {
      customer: { ...customer, email: `${customer.email} ${customer.name}`, phone: 'canary' },
      items: [],
      shippingAddress: { ...address, country: 'Canary', line1: 'Canary '.repeat(200) },
      paymentMethod: `pm_card_${'x'.repeat(400)} ${customer.name}`,
      metadata: { giftNote: 1 },
    };
    expect(await shop.call('POST', '/orders', wrong)).toBe(422);
    expect(await shop.call('POST', '/orders', JSON.stringify(wrong).slice(0, -3))).toBe(400);
    expect(await shop.call('POST', '/orders', `"${gossip}"`)).toBe(422);
    expect(await shop.call('POST', '/webhooks/stripe', wrong)).toBe(400);
    expect(await shop.call('POST', '/webhooks/easypost', wrong)).toBe(400);
    expect(await shop.call('GET', `/products?limit=${encodeURIComponent(gossip)}`)).toBe(422);
  });
});

describe('afterwards secrets and personal data are seen', () => {
  test('in no log', async () => {
    await untilTold();
    const output = service.output();
    expect(output).toContain('"event":"attemptFailed"');
    expect(output).toContain('"level":"trace"');
    expect(sightings(output, made)).toEqual([]);
  });

  test('in no answer but the order itself', async () => {
    expect(await shop.call('GET', '/metrics')).toBe(200);
    expect(shop.answers.length).toBeGreaterThan(20);
    expect(sightings(shop.answers.join('\n'), made)).toEqual([]);
  });

  test('in no history, not even when its payloads are opened', async () => {
    const all = await histories(service.config);
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ opened }) => opened.includes('"policy"')).length).toBeGreaterThan(10);
    for (const { workflowId, raw, opened } of all)
      expect([workflowId, ...sightings(raw, made), ...sightings(opened, made)]).toEqual([workflowId]);
  });

  test('in no column but those that are there for it', async () => {
    const remains = await databaseRemains(service.pool);
    for (const table of ['order_events', 'activity_attempts', 'operator_alerts', 'order_commands'])
      expect([...remains.keys()]).toContain(table);
    for (const [table, rows] of remains) expect([table, ...sightings(rows, made)]).toEqual([table]);
  });

  test('where they belong', async () => {
    const { rows } = await service.pool.query('select to_jsonb(orders) as row from orders');
    expect(sightings(JSON.stringify(rows)).length).toBeGreaterThan(3);
  });
});
