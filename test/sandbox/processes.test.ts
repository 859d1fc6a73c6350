import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { easyPostFor, orderId as shippedOrder, shipmentParams } from './easypost-client.ts';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';
import { intentParams, stripeFor } from './stripe-client.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

let dataDir: string;
let running: SandboxProcess[];
let receiver: WebhookReceiver;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  running = [];
  receiver = await startWebhookReceiver('/webhooks');
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop('SIGKILL')));
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

async function start(name: string, env: Record<string, string> = {}): Promise<SandboxProcess> {
  const started = await startSandboxProcess(name, { SANDBOX_DATA_DIR: dataDir, ...env });
  running.push(started);
  return started;
}

async function get(url: string): Promise<Record<string, unknown>> {
  return JSON.parse(await (await fetch(url)).text());
}

describe.each(['stripe', 'easypost', 'mail'])('the process %s', (name) => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'is healthy once it says so, and ends with 0 on %s',
    async (signal) => {
      const sandbox = await start(name);
      expect((await fetch(`${sandbox.ready.url}/sandbox/health`)).status).toBe(200);
      expect(await sandbox.stop(signal)).toBe(0);
    },
  );

  test('says what is wrong with its environment', async () => {
    const port = { STRIPE_SANDBOX_PORT: 'x', EASYPOST_SANDBOX_PORT: 'x', MAIL_SMTP_PORT: 'x' };
    await expect(start(name, port)).rejects.toThrow(/_PORT/);
  });
});

async function hangAll({ ready }: SandboxProcess, operation: string): Promise<void> {
  const body = JSON.stringify({ operation, mode: 'hang', times: 'always' });
  await fetch(`${ready.url}/sandbox/faults`, { method: 'POST', body });
}

async function struck({ ready }: SandboxProcess): Promise<void> {
  await eventually(() => get(`${ready.url}/sandbox/faults`)).toMatchObject({ faults: [{ hits: 1 }] });
}

describe('ends at once although a client waits:', () => {
  test.each([
    ['stripe', '/v1/payment_intents', 'Bearer sk_test_x'],
    ['easypost', '/v2/shipments', `Basic ${Buffer.from('EZTKx:').toString('base64')}`],
  ])('%s', async (name, path, authorization) => {
    const sandbox = await start(name);
    await hangAll(sandbox, '*');
    const hanging = Promise.allSettled([
      fetch(`${sandbox.ready.url}${path}`, { headers: { authorization } }),
    ]);
    await struck(sandbox);
    expect(await sandbox.stop('SIGTERM')).toBe(0);
    expect(await hanging).toMatchObject([{ status: 'rejected' }]);
  });

  test('mail', async () => {
    const sandbox = await start('mail');
    await hangAll(sandbox, 'mail.connect');
    const socket = connect(sandbox.ready.smtpPort, '127.0.0.1');
    await struck(sandbox);
    expect(await sandbox.stop('SIGTERM')).toBe(0);
    socket.destroy();
  });
});

describe('killed and started again', () => {
  test('Stripe knows its payments, its answers and its ledger', async () => {
    const before = await start('stripe');
    const stripe = stripeFor(before.ready);
    const created = await stripe.paymentIntents.create(intentParams(), { idempotencyKey: 'key-1' });
    await stripe.paymentIntents.confirm(created.id, {}, { idempotencyKey: 'key-2' });
    const ledger = await get(`${before.ready.url}/sandbox/ledger`);
    await before.stop('SIGKILL');

    const { ready } = await start('stripe');
    const again = stripeFor(ready);
    expect(await get(`${ready.url}/sandbox/ledger`)).toEqual(ledger);
    expect(await again.paymentIntents.create(intentParams(), { idempotencyKey: 'key-1' })).toEqual(created);
    expect(await again.paymentIntents.retrieve(created.id)).toMatchObject({ status: 'requires_capture' });
    expect(await again.paymentIntents.capture(created.id)).toMatchObject({ status: 'succeeded' });
  });

  test('Stripe has lost no call that it answered, whatever it was killed in', async () => {
    const before = await start('stripe');
    const stripe = stripeFor(before.ready);
    const answered: string[] = [];
    const calls = Array.from({ length: 20 }, async (): Promise<never> => {
      for (;;) answered.push((await stripe.paymentIntents.create(intentParams())).id);
    });
    const ended = Promise.allSettled(calls);
    await eventually(() => answered.length).toBeGreaterThan(50);
    await before.stop('SIGKILL');
    await ended;

    const { ready } = await start('stripe');
    const { effects } = await get(`${ready.url}/sandbox/ledger?kind=payment_intent.created`);
    const kept = new Set(Array.isArray(effects) ? effects.map((effect) => effect.id) : []);
    expect(answered.filter((id) => !kept.has(id))).toEqual([]);
  });

  test('a line that was cut off in the middle is left out', async () => {
    const before = await start('stripe');
    const { id } = await stripeFor(before.ready).paymentIntents.create(intentParams());
    await before.stop('SIGKILL');
    await appendFile(join(dataDir, 'stripe.jsonl'), '{"puts":[{"intents":{"id":"pi_cut');
    const second = await start('stripe');
    const after = await stripeFor(second.ready).paymentIntents.create(intentParams());
    await second.stop('SIGKILL');
    const { ready } = await start('stripe');
    const { data } = await stripeFor(ready).paymentIntents.list();
    expect(data.map((intent) => intent.id)).toEqual([after.id, id]);
  });

  test('Stripe delivers the events that nobody took', async () => {
    const env = { STRIPE_WEBHOOK_URL: receiver.url, STRIPE_WEBHOOK_SECRET: 'whsec_test' };
    receiver.answerWith(503);
    const before = await start('stripe', env);
    await stripeFor(before.ready).paymentIntents.create(intentParams());
    await eventually(() => receiver.received.length).toBeGreaterThan(0);
    await before.stop('SIGKILL');
    receiver.answerWith(200);
    const second = await start('stripe', env);
    await eventually(() => get(`${second.ready.url}/sandbox/summary`)).toMatchObject({ pendingWebhooks: 0 });
    const attempts = receiver.received.length;
    expect(attempts).toBeGreaterThan(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    await second.stop('SIGKILL');
    const third = await start('stripe', env);
    expect(await get(`${third.ready.url}/sandbox/summary`)).toMatchObject({ pendingWebhooks: 0 });
    expect(receiver.received).toHaveLength(attempts);
  });

  test('the carrier goes on where it was', async () => {
    const env = { EASYPOST_WEBHOOK_URL: receiver.url, SANDBOX_CARRIER_STEP_MS: '150' };
    const before = await start('easypost', env);
    const client = easyPostFor(before.ready);
    const { id, rates } = await client.Shipment.create(shipmentParams());
    const label = await client.Shipment.buy(id, rates[0]?.id ?? '');
    await eventually(async () => (await client.Tracker.retrieve(label.tracker.id)).status).toBe(
      'pre_transit',
    );
    await before.stop('SIGKILL');

    const { ready } = await start('easypost', env);
    const again = easyPostFor(ready);
    await eventually(async () => (await again.Tracker.retrieve(label.tracker.id)).status).toBe('delivered');
    await expect(again.Shipment.buy(id, rates[0]?.id ?? '')).rejects.toMatchObject({
      code: 'SHIPMENT.POSTAGE.EXISTS',
    });
    const { effects } = await get(`${ready.url}/sandbox/ledger?orderId=${shippedOrder}`);
    const kinds = Array.isArray(effects) ? effects.map(({ kind }) => kind) : [];
    expect(kinds).toEqual([
      'shipment.created',
      'shipment.label_bought',
      'tracker.pre_transit',
      'tracker.in_transit',
      'tracker.out_for_delivery',
      'tracker.delivered',
    ]);
    expect(receiver.types().filter((type) => type === 'tracker.updated').length).toBeGreaterThanOrEqual(4);
  });

  test('a label’s refund is still settled', async () => {
    const before = await start('easypost', { SANDBOX_CARRIER_STEP_MS: '0' });
    const client = easyPostFor(before.ready);
    const { id, rates } = await client.Shipment.create(shipmentParams());
    await client.Shipment.buy(id, rates[0]?.id ?? '');
    await client.Shipment.refund(id);
    await before.stop('SIGKILL');
    const { ready } = await start('easypost', { SANDBOX_CARRIER_STEP_MS: '10' });
    const again = easyPostFor(ready);
    await eventually(async () => (await again.Shipment.retrieve(id)).refund_status).toBe('refunded');
    const { effects } = await get(`${ready.url}/sandbox/ledger?kind=shipment.label_refunded`);
    expect(effects).toMatchObject([{ id }]);
  });

  test('the inbox has every message that was accepted', async () => {
    const before = await start('mail');
    const mail = {
      from: 'shop@example.com',
      to: 'ada@example.com',
      subject: 'Grüße',
      text: 'Grüße',
      messageId: '<1@shop>',
    };
    await createTransport({ host: '127.0.0.1', port: before.ready.smtpPort }).sendMail(mail);
    await before.stop('SIGKILL');
    const { ready } = await start('mail');
    expect(await get(`${ready.url}/sandbox/messages`)).toMatchObject({
      messages: [{ messageId: '<1@shop>', subject: 'Grüße', acknowledged: true }],
    });
    expect(await get(`${ready.url}/sandbox/messages/1`)).toMatchObject({ content: { text: 'Grüße\n' } });
    await createTransport({ host: '127.0.0.1', port: ready.smtpPort }).sendMail(mail);
    expect(await get(`${ready.url}/sandbox/summary`)).toMatchObject({ receptions: 2, messages: 1 });
  });
});
