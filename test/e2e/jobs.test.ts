import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailControl, type MailControl } from '../../bench/shop/sandboxes.ts';
import { newWebhookSecret } from '../../src/domain/api-key.ts';
import { createCaller, type Call } from '../api/call.ts';
import { whyNotDocumentedWebhook } from '../api/contract.ts';
import { openEvents } from '../api/event-client.ts';
import { formWith, onePixel } from '../api/pictures.ts';
import { startTestConstellation, type TestConstellation } from '../support/constellation.ts';
import {
  answers,
  startReceiver,
  takes,
  verified,
  type Behaviour,
  type Receiver,
} from '../webhooks/receiver.ts';

/** Everything starts from nothing on a machine that is busy with other tests. */
const openMs = 180_000;
const testMs = 150_000;
/** A schedule of every minute may have just missed one. */
const soonMs = 90_000;
const soon = { timeout: soonMs };

const operators = 'operators@shop.example';
const operatorSecret = newWebhookSecret();

let constellation: TestConstellation;
let call: Call;
let mail: MailControl;
let receiver: Receiver;
/** Signs what the endpoint that hears of all jobs is told. */
let secret: string;

beforeAll(async () => {
  receiver = await startReceiver(takes);
  constellation = await startTestConstellation('shared', {
    NODE_ENV: 'development',
    OPERATOR_EMAIL: operators,
    OPERATOR_WEBHOOK_URL: at('/operators'),
    OPERATOR_WEBHOOK_SECRET: operatorSecret,
  });
  call = createCaller(constellation.urls.api);
  mail = mailControl(constellation.urls.inbox ?? '');
  const hearsAll = { url: at('/all'), events: ['job.*'] };
  const { status, body } = await call('POST /webhook-endpoints', { json: hearsAll });
  if (status !== 201) throw new Error(`no endpoint: ${JSON.stringify(body)}`);
  ({ secret } = body);
}, openMs);

afterAll(async () => {
  mail?.close();
  await constellation?.stop();
  await receiver?.close();
}, openMs);

const at = (path: string) => `http://127.0.0.1:${receiver.port}${path}`;

async function poll(jobId: string) {
  const { status, body, headers } = await call(`GET /jobs/${jobId}`);
  expect(status).toBe(200);
  const hasEnded = body.finishedAt !== null;
  expect(headers.get('retry-after')).toBe(hasEnded ? null : '1');
  return body;
}

async function untilEnded(jobId: string) {
  await expect.poll(async () => (await poll(jobId)).finishedAt, soon).not.toBeNull();
  return poll(jobId);
}

/** What the receiver was told of a job on a path: types of events, signed as they should be. */
function toldOn(path: string, jobId: string): string[] {
  const messages = receiver.received.filter((one) => one.path === path && one.body.includes(jobId));
  return messages.map((message) => {
    if (path === '/all') verified(secret, message);
    const body = JSON.parse(message.body);
    expect(whyNotDocumentedWebhook(body)).toBeNull();
    return body.type;
  });
}

const subjects = async () => (await mail.messages()).map(({ to, subject }) => `${to.join()}: ${subject}`);

/** Asks for the summary of a day, each shape of another one, so that its mail and its file can be told. */
async function summaryOf(day: string, when: Record<string, unknown>): Promise<string> {
  const json = {
    type: 'daily-summary',
    input: { day, timeZone: 'UTC' },
    callbackUrl: at('/callback'),
    ...when,
  };
  const { status, body } = await call('POST /jobs', { json });
  expect([status, body.status]).toEqual([202, when.runAt || when.delaySeconds ? 'scheduled' : 'queued']);
  return body.jobId;
}

interface Shape {
  readonly name: string;
  readonly hasCallback: boolean;
  /** Gives the id of the job. */
  readonly ask: () => Promise<string>;
}

const shapes: readonly Shape[] = [
  { name: 'now', hasCallback: true, ask: () => summaryOf('2026-01-01', {}) },
  { name: 'after a delay', hasCallback: true, ask: () => summaryOf('2026-01-02', { delaySeconds: 2 }) },
  {
    name: 'at a time',
    hasCallback: true,
    ask: () => summaryOf('2026-01-03', { runAt: new Date(Date.now() + 2_000).toISOString() }),
  },
  {
    name: 'of a tick of a schedule',
    hasCallback: false,
    async ask() {
      const json = { tick: '2026-01-05' };
      const first = await call('POST /schedules/daily-summary/trigger', { json });
      const again = await call('POST /schedules/daily-summary/trigger', { json });
      expect([first.status, again.status, again.body.jobId]).toEqual([202, 200, first.body.jobId]);
      return first.body.jobId;
    },
  },
];

describe.each(shapes)('a job that is done $name', ({ ask, hasCallback }) => {
  test('hands its result back in every way', { timeout: testMs }, async () => {
    const jobId = await ask();
    const stream = await openEvents(constellation.urls.api, jobId, {}, `/jobs/${jobId}/events`);

    const job = await untilEnded(jobId);
    expect(job).toMatchObject({ status: 'completed', attempts: 1, progress: { percent: 100 }, error: null });
    expect(job.result).toMatchObject({ ordersPlaced: 0 });
    expect(Date.parse(job.startedAt)).toBeGreaterThanOrEqual(Date.parse(job.runAt));

    expect(await stream.ended).toBe('finished');
    const types = stream.events.map(({ event }) => event);
    expect([types[0], types[1], types.at(-1)]).toEqual(['job.queued', 'job.started', 'job.completed']);
    expect(stream.ids()).toEqual(types.map((_type, index) => index + 1));

    await expect.poll(() => toldOn('/all', jobId).toSorted(), soon).toEqual(['job.completed', 'job.queued']);
    const callbacks = () => toldOn('/callback', jobId);
    await expect.poll(callbacks, soon).toEqual(hasCallback ? ['job.completed'] : []);

    const file = await fetch(`${constellation.urls.api}/jobs/${jobId}/result`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect((await file.text()).slice(0, 5)).toBe('%PDF-');
    expect(new URL(file.url).pathname).toMatch(/^\/files\//);

    const { day } = job.input;
    await expect.poll(subjects, soon).toContain(`${operators}: Summary ${day} (UTC)`);
  });
});

test('a schedule calls by itself, whichever process is there', { timeout: testMs }, async () => {
  const json = { type: 'cleanup', cron: '* * * * *', timeZone: 'Europe/Berlin' };
  expect((await call('PUT /schedules/every-minute', { json })).status).toBe(201);
  const lastJob = async () => (await call('GET /schedules/every-minute')).body.lastRuns[0]?.jobId ?? null;
  await expect.poll(lastJob, soon).not.toBeNull();
  const job = await untilEnded(await lastJob());
  expect(job).toMatchObject({ type: 'cleanup', status: 'completed' });
  expect((await call('DELETE /schedules/every-minute')).status).toBe(204);
});

test(
  'a job that is refused ends at once, and a bulk operation tries it anew',
  { timeout: testMs },
  async () => {
    const broken = onePixel.subarray(0, 12);
    const { body: photo } = await call('POST /photos', { form: formWith('photo', broken) });
    const job = await untilEnded(photo.jobId);
    expect(job).toMatchObject({ status: 'failed', attempts: 1, error: { type: 'ImageRefused' } });
    expect(job.failedAttempts).toMatchObject([{ attempt: 1, outcome: 'refused' }]);
    await expect.poll(() => toldOn('/all', job.jobId).toSorted(), soon).toEqual(['job.failed', 'job.queued']);

    const asked = { action: 'retry', filter: { of: 'jobs', type: 'thumbnails', status: 'failed' } };
    const { body: counted } = await call('POST /bulk-operations', { json: { ...asked, dryRun: true } });
    expect(counted.counted).toBe(1);
    const { operationId } = counted;
    await call('POST /bulk-operations', { json: { ...asked, dryRun: false, operationId } });
    const outcome = async () => (await call(`GET /bulk-operations/${operationId}`)).body;
    await expect.poll(outcome, soon).toMatchObject({ accepted: 1, refused: 0 });
    const isDoneAgain = async () => (await poll(job.jobId)).failedAttempts.length;
    await expect.poll(isDoneAgain, soon).toBe(2);
    expect(await untilEnded(job.jobId)).toMatchObject({ status: 'failed', round: 2 });
  },
);

test(
  'a registration answers at once, and all that follows from it is done behind it',
  { timeout: testMs },
  async () => {
    const email = 'grace@example.com';
    const { status, body } = await call('POST /registrations', {
      form: formWith('avatar', onePixel, { email, name: 'Grace Hopper' }),
    });
    expect(status).toBe(201);
    const jobs: { jobId: string; type: string }[] = body.jobs;
    const types = jobs.map(({ type }) => type).toSorted();
    expect(types).toEqual(['follow-up-mail', 'thumbnails', 'track-registration', 'welcome-mail']);
    await expect.poll(subjects, soon).toContain(`${email}: Welcome`);
    const [followUp, ...others] = jobs.toSorted((one, other) => one.type.localeCompare(other.type));
    for (const { jobId } of others) await untilEnded(jobId);
    expect(await poll(followUp?.jobId ?? '')).toMatchObject({ type: 'follow-up-mail', status: 'scheduled' });
  },
);

const goneInPart: Behaviour = (response, got) => (got.path === '/gone' ? answers(410) : takes)(response, got);

test(
  'an endpoint that is gone is sent nothing more, and operators are told each way',
  { timeout: testMs },
  async () => {
    receiver.behave(goneInPart);
    const asked = { url: at('/gone'), events: ['job.completed'] };
    const { body: endpoint } = await call('POST /webhook-endpoints', { json: asked });
    await untilEnded(await summaryOf('2026-01-01', {}));
    const state = async () => (await call(`GET /webhook-endpoints/${endpoint.id}`)).body;
    await expect.poll(state, soon).toMatchObject({ enabled: false, disabled: { reason: 'gone' } });
    const job = await untilEnded(await summaryOf('2026-01-01', {}));
    await expect.poll(() => toldOn('/all', job.jobId), soon).toContain('job.completed');
    expect(toldOn('/gone', job.jobId)).toEqual([]);

    const toOperators = () => receiver.received.filter(({ path }) => path === '/operators');
    await expect.poll(() => toOperators().length, soon).toBe(1);
    expect(verified(operatorSecret, toOperators()[0]!)).toMatchObject({
      type: 'webhook.endpoint_disabled',
      data: { endpointId: endpoint.id, reason: 'gone' },
    });
    await expect.poll(subjects, soon).toContain(`${operators}: A webhook endpoint is disabled`);
  },
);
