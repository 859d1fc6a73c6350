import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { addKey } from '../../src/db/api-keys.ts';
import { newSecret, newWebhookSecret, scopes } from '../../src/domain/api-key.ts';
import { refused } from '../../src/domain/failures.ts';
import { newId } from '../../src/domain/new-id.ts';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { testType } from '../jobs/types.ts';
import { answers, inTurn, startReceiver, takes, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, type Delivery, type WebhookRig } from './rig.ts';

const type = testType('told');
const told = registerJob(type, async ({ input: { label } }) => {
  if (label === 'refused') throw refused('InvalidJobInput', 'not for this job');
  return { result: { pages: 3 } };
});

/** An attempt of a job, its end, a turn and the delivery, on a busy machine. */
const patient = { timeout: 20_000 };

let rig: WebhookRig;
let receiver: Receiver;
/** Of the API key that asks for the jobs. */
const webhookSecret = newWebhookSecret();
const { key, ...secret } = newSecret();
const headers = { Authorization: `Bearer ${key}` };
beforeAll(async () => {
  rig = await startWebhookRig({ jobs: [told] });
  receiver = await startReceiver();
  const owner = { id: newId(), name: 'exporter', scopes, requestsPerSecond: null, webhookSecret };
  await addKey(rig.pool, owner, { key, ...secret });
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
});

async function ask(label: string): Promise<string> {
  const callbackUrl = `http://127.0.0.1:${receiver.port}/jobs/${label}`;
  const json = { type: type.name, input: { label }, callbackUrl };
  const { status, body } = await rig.call('POST /jobs', { json, headers });
  expect(status).toBe(202);
  return String(body.jobId);
}

test('the end of a job is told where its request says, signed with the secret of the API key', async () => {
  receiver.behave(inTurn(answers(500), answers(500), takes));
  const jobId = await ask('done');
  const statusOf = async () => {
    const { rows } = await rig.pool.query<{ status: string }>(
      `select status from webhook_deliveries where data->>'jobId' = $1`,
      [jobId],
    );
    return rows.map(({ status }) => status);
  };
  await expect.poll(statusOf, patient).toEqual(['delivered']);
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.ids()).size).toBe(1);
  for (const one of receiver.received) {
    expect(one.path).toBe('/jobs/done');
    expect(whyNotDocumentedWebhook(JSON.parse(one.body))).toBeNull();
    expect(verified(webhookSecret, one)).toMatchObject({
      type: 'job.completed',
      data: { jobId, type: 'told', status: 'completed', result: { pages: 3 }, error: null },
    });
  }
});

test('a job that is refused says so there, and to every endpoint that asks for jobs', async () => {
  const endpoint = { url: `http://127.0.0.1:${receiver.port}/hooks`, events: ['job.failed'] };
  const made = await rig.call('POST /webhook-endpoints', { json: endpoint, headers });
  expect(made.status).toBe(201);
  const jobId = await ask('refused');
  const at = (path: string) => receiver.received.filter((one) => one.path === path);
  await expect.poll(() => [at('/jobs/refused').length, at('/hooks').length], patient).toEqual([1, 1]);
  expect(verified(webhookSecret, at('/jobs/refused')[0]!)).toMatchObject({
    type: 'job.failed',
    data: { jobId, status: 'failed', error: { type: 'InvalidJobInput' } },
  });
  expect(verified(made.body.secret, at('/hooks')[0]!)).toMatchObject({
    type: 'job.failed',
    data: { jobId, type: 'told' },
  });
  expect(at('/hooks')[0]?.id).toBe(at('/jobs/refused')[0]?.id);
});

const deliveriesOf = async (jobId: string): Promise<Delivery[]> => {
  const { status, body } = await rig.call(`GET /jobs/${jobId}/deliveries`, { headers });
  expect(status).toBe(200);
  return body.items;
};
const fateOf = async (jobId: string) => (await deliveriesOf(jobId)).map(({ status }) => status);
const alerts = async () => {
  const { rows } = await rig.pool.query<{ facts: Record<string, unknown> }>(
    `select facts from operator_alerts where type = 'callback.given_up'`,
  );
  return rows.map(({ facts }) => facts);
};

describe('a callback that nobody takes', () => {
  test('is given up, shown with its job, told to operators once, and sent again on request', async () => {
    receiver.behave(answers(500, {}, 'no'));
    const jobIds = [await ask('first'), await ask('second')];
    for (const jobId of jobIds) await expect.poll(() => fateOf(jobId), patient).toEqual(['failed']);
    const raised = await alerts();
    expect(raised).toEqual([
      {
        host: `127.0.0.1:${receiver.port}`,
        webhookId: expect.any(String),
        jobId: expect.any(String),
        error: 'refused',
      },
    ]);
    expect(jobIds).toContain(raised[0]?.['jobId']);

    const [first = '', second = ''] = jobIds;
    const whole = await rig.call(`GET /jobs/${first}`, { headers });
    expect(whole.body).toMatchObject({
      status: 'completed',
      callbackOrigin: `http://127.0.0.1:${receiver.port}`,
    });
    const [delivery] = await deliveriesOf(first);
    expect(delivery).toMatchObject({ type: 'job.completed', nextAttemptAt: null });
    expect(delivery?.attempts).toHaveLength(10);
    expect(delivery?.attempts[0]).toMatchObject({ httpStatus: 500, error: 'refused', answer: 'no' });

    receiver.behave(takes);
    const resend = (jobId: string) =>
      rig.call(`POST /jobs/${jobId}/deliveries/${delivery?.id}/resend`, { headers });
    expect(await resend(second)).toMatchObject({
      status: 404,
      body: { type: expect.stringContaining('unknown-webhook-delivery') },
    });
    expect(await resend(first)).toMatchObject({ status: 202, body: { id: delivery?.id, status: 'pending' } });
    await expect.poll(() => fateOf(first), patient).toEqual(['delivered']);
    expect(receiver.ids().at(-1)).toBe(delivery?.webhookId);
    expect(await fateOf(second)).toEqual(['failed']);
  });

  test('is sent again with all others of its host', async () => {
    receiver.behave(answers(500));
    const jobId = await ask('third');
    await expect.poll(() => fateOf(jobId), patient).toEqual(['failed']);
    receiver.behave(takes);
    const since = new Date(Date.now() - 60_000).toISOString();
    const recover = (origin: string) =>
      rig.call('POST /callbacks/recover', { headers, json: { origin, since } });
    expect(await recover('http://127.0.0.1:1')).toMatchObject({
      status: 404,
      body: { type: '/problems/unknown-callback-origin' },
    });
    expect(await recover(`http://127.0.0.1:${receiver.port}/jobs`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/origin', detail: 'must be a scheme, a host and at most a port' }] },
    });
    expect(await recover(`http://127.0.0.1:${receiver.port}`)).toMatchObject({ status: 202 });
    await expect.poll(() => fateOf(jobId), patient).toEqual(['delivered']);
  });

  test('is given up at once, and not worth an alert, where its URL is gone', async () => {
    const before = await alerts();
    await rig.pool.query('delete from operator_alerts');
    receiver.behave(answers(410));
    const jobId = await ask('fourth');
    await expect.poll(() => fateOf(jobId), patient).toEqual(['failed']);
    expect(before).toHaveLength(1);
    expect(await alerts()).toEqual([]);
  });

  test('shows nothing where nobody asked to be told', async () => {
    const { body } = await rig.call('POST /jobs', {
      json: { type: type.name, input: { label: 'x' } },
      headers,
    });
    expect(await deliveriesOf(String(body.jobId))).toEqual([]);
    expect((await rig.call(`GET /jobs/${newId()}/deliveries`, { headers })).status).toBe(404);
  });
});
