import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addKey, rotateWebhookSecret } from '../../src/db/api-keys.ts';
import { transaction } from '../../src/db/pool.ts';
import { oweCallback, type Callback } from '../../src/db/webhooks/messages.ts';
import { developmentWebhookSecret, newSecret, newWebhookSecret } from '../../src/domain/api-key.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createSealer } from '../../src/domain/sealing.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { resealSecrets } from '../../src/worker/reseal-secrets.ts';
import { startReceiver, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, type WebhookRig } from './rig.ts';

const key = randomBytes(32);
const sealer = createSealer({ active: 'k1', keys: new Map([['k1', key]]) });

let rig: WebhookRig;
let receiver: Receiver;
let url: string;
beforeAll(async () => {
  rig = await startWebhookRig({
    variables: {
      PAYLOAD_ENCRYPTION_KEYS: `k1:${key.toString('base64')}`,
      PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1',
    },
  });
  receiver = await startReceiver();
  url = `http://127.0.0.1:${receiver.port}/callbacks`;
});
beforeEach(async () => {
  await rig.pool.query('update webhook_endpoints set deleted_at = clock_timestamp()');
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
});

/** Everything that the database holds, as text. */
async function remains(): Promise<string> {
  const { rows } = await rig.pool.query<{ all: string }>(
    `select concat_ws(' ', (select string_agg(t::text, '') from webhook_endpoints t),
       (select string_agg(t::text, '') from idempotency_keys t), (select string_agg(t::text, '') from api_keys t)) as all`,
  );
  return rows[0]?.all ?? '';
}

async function owe(changes: Partial<Callback>): Promise<string> {
  const messageId = `job_${newId()}_2`;
  const about = { type: 'job.completed', occurredAt: new Date(), data: { jobId: messageId } };
  await transaction(rig.pool, (tx) =>
    oweCallback(tx, { apiKeyId: null, url, messageId, ...about, ...changes }),
  );
  return messageId;
}

async function received(messageId: string) {
  await expect.poll(() => receiver.ids()).toContain(messageId);
  return receiver.received.find(({ id }) => id === messageId)!;
}

describe('an endpoint’s secret', () => {
  const json = { url: 'https://shop.example/hooks', events: ['job.*'] };

  test('is kept encrypted, and given again to who repeats the request with its key', async () => {
    const options = { json, headers: { 'Idempotency-Key': newId() } };
    const made = await rig.call('POST /webhook-endpoints', options);
    const again = await rig.call('POST /webhook-endpoints', options);
    expect([again.body, again.headers.get('idempotent-replay')]).toEqual([made.body, 'true']);
    expect(made.body.secret).toMatch(/^whsec_/);
    expect(await remains()).not.toContain(made.body.secret.slice('whsec_'.length));
    const shown = await rig.call(`GET /webhook-endpoints/${made.body.id}`);
    expect(JSON.stringify(shown.body)).not.toContain('secret');
  });

  test('is replaced once for each key, endpoint by endpoint', async () => {
    const [one, other] = [await rig.endpoint(json.url, 'job.*'), await rig.endpoint(json.url, 'job.*')];
    const headers = { 'Idempotency-Key': newId() };
    const rotate = async ({ id }: { id: string }) =>
      String((await rig.call(`POST /webhook-endpoints/${id}/rotate-secret`, { headers })).body.secret);
    const first = await rotate(one);
    expect(await rotate(one)).toBe(first);
    expect([one.secret, other.secret]).not.toContain(first);
    const another = await rig.call(`POST /webhook-endpoints/${other.id}/rotate-secret`, { headers });
    expect([another.status, another.body.type]).toEqual([422, '/problems/idempotency-key-reused']);
    expect(await remains()).not.toContain(first.slice('whsec_'.length));
  });

  test('that was kept before there were keys is sealed when a worker starts', async () => {
    const { id, secret } = await rig.endpoint(`${url}/resealed`, 'order.*');
    await rig.pool.query(
      'update webhook_endpoints set secret = $2, previous_secret = $2, previous_secret_until = now() where id = $1',
      [id, secret],
    );
    await resealSecrets(rig.pool, sealer, createLogger({ level: 'fatal', format: 'json' }, {}));
    expect(await remains()).not.toContain(secret.slice('whsec_'.length));
    const told = await rig.happen('order.confirmed');
    await expect.poll(() => receiver.ids()).toContain(told);
    verified(
      secret,
      receiver.received.find(({ id: got }) => got === told)!,
    );
  });
});

describe('a callback', () => {
  test('is signed with the secret that came with the API key, and the one before for a while', async () => {
    const [id, name, secret] = [newId(), `key-${newId()}`, newWebhookSecret()];
    const scopes = ['jobs:write'] as const;
    const kept = sealer.seal(secret, id);
    await addKey(rig.pool, { id, name, scopes, requestsPerSecond: null, webhookSecret: kept }, newSecret());
    const message = await received(await owe({ apiKeyId: id, url: `${url}/1?token=abc` }));
    expect(message.path).toBe('/callbacks/1?token=abc');
    expect(verified(secret, message)).toMatchObject({ type: 'job.completed', data: { jobId: message.id } });

    const second = newWebhookSecret();
    await rotateWebhookSecret(rig.pool, name, (keyId) => sealer.seal(second, keyId), 60_000);
    const signedTwice = await received(await owe({ apiKeyId: id }));
    verified(secret, signedTwice);
    verified(second, signedTwice);
  });

  test('that was asked for without a key is signed with the secret that everybody knows', async () => {
    const message = await received(await owe({}));
    expect(verified(developmentWebhookSecret, message)).toMatchObject({ type: 'job.completed' });
  });

  test('is given up at once where its URL is gone', async () => {
    receiver.behave((response) => response.writeHead(410).end());
    const messageId = await owe({});
    const statusOf = async () =>
      (
        await rig.pool.query<{ status: string }>(
          'select status from webhook_deliveries where message_id = $1',
          [messageId],
        )
      ).rows[0]?.status;
    await expect.poll(statusOf).toBe('failed');
    expect(receiver.ids().filter((id) => id === messageId)).toHaveLength(1);
  });
});
