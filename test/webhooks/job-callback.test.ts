import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerJob } from '../../src/activities/jobs/job-handler.ts';
import { addKey } from '../../src/db/api-keys.ts';
import { newSecret, newWebhookSecret, scopes } from '../../src/domain/api-key.ts';
import { refused } from '../../src/domain/failures.ts';
import { newId } from '../../src/domain/new-id.ts';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { testType } from '../jobs/types.ts';
import { answers, startReceiver, takes, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, type WebhookRig } from './rig.ts';

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
  receiver.behave(answers(500));
  const jobId = await ask('done');
  await expect.poll(() => receiver.received.length, patient).toBeGreaterThan(1);
  receiver.behave(takes);
  const statusOf = async () => {
    const { rows } = await rig.pool.query<{ status: string }>(
      `select status from webhook_deliveries where data->>'jobId' = $1`,
      [jobId],
    );
    return rows.map(({ status }) => status);
  };
  await expect.poll(statusOf, patient).toEqual(['delivered']);
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
