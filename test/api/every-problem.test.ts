import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../src/api/endpoints.ts';
import { problems, problemType, type ProblemName } from '../../src/api/problems/errors.ts';
import { maxEventStreams, maxHeaderBytes } from '../../src/api/limits.ts';
import { problemNamesOf } from '../../src/api/document/openapi.ts';
import { problemNames } from '../../src/api/schemas/problem.ts';
import { Failure } from '../../src/domain/failures.ts';
import { maxWebhookEndpoints } from '../../src/domain/webhook.ts';
import { connectTemporal, type Temporal } from '../../src/temporal/connection.ts';
import { addressOf } from '../support/backing-services.ts';
import type { Answer } from './call.ts';
import { holdKey } from './hold-key.ts';
import { makeKey } from './make-key.ts';
import { exchangeRaw } from './raw-http.ts';
import { formWith, onePixel } from './pictures.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';
import { temporalAt } from './temporal-profiles.ts';
import { stripeDelivery } from './webhook-signing.ts';

const product = { sku: 'MUG', name: 'Other', price: { amountMinor: 1, currency: 'EUR' } };
const json = newOrder();
const webhookEndpoint = { url: 'https://shop.example/hooks', events: ['order.*'] };
const unreachable = {
  link: async () => '',
  locate: async () => ({ url: '' }),
  put: async () => Promise.reject(new Failure('ProviderUnavailable', 'away')),
};
const quick = { headersMs: 100, requestMs: 100, keepAliveMs: 1_000, checkEveryMs: 20 };

let temporal: Temporal;
/** Temporal is away. */
let api: TestApi;
let withTemporal: TestApi;
let withoutDatabase: TestApi;
let impatient: TestApi;
let withoutFiles: TestApi;
/** Asks for a key, and takes one request a second. */
let locked: TestApi;
let orderId: string;
beforeAll(async () => {
  temporal = connectTemporal(temporalAt(addressOf('TEST_TEMPORAL_ADDRESS')), 'test', {});
  api = await startApi();
  withTemporal = await startApi({ temporal });
  withoutDatabase = await startApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  impatient = await startApi({}, quick);
  withoutFiles = await startApi({ files: unreachable });
  locked = await startApi({
    accessSettings: { limits: { perKey: 1, perAddress: 100 }, mayStandOpen: false },
  });
  await seedShop(api.pool);
  await seedShop(withTemporal.pool);
  orderId = await place(api);
});
afterAll(async () => {
  await Promise.all(
    [api, withTemporal, withoutDatabase, impatient, withoutFiles, locked].map((one) => one.stop()),
  );
  await temporal.close();
});

async function place(on: TestApi): Promise<string> {
  const { body } = await on.call('POST /orders', { json });
  return String(body.orderId);
}

const job = { type: 'echo', input: {} };

/** A job that is completed, with a file that was kept until so long ago, or none. */
async function endedJob(fileExpiredFor: string | null): Promise<string> {
  const { body } = await api.call('POST /jobs', { json: job });
  const id = String(body.jobId);
  await api.pool.query(`update jobs set status = 'dispatched' where id = $1`, [id]);
  await api.pool.query(`update jobs set status = 'running' where id = $1`, [id]);
  await api.pool.query(`update jobs set status = 'completed', finished_at = now() where id = $1`, [id]);
  if (fileExpiredFor === null) return id;
  await api.pool.query(
    `update jobs set file_key = 'a', file_name = 'a.csv', file_media_type = 'text/csv', file_bytes = 1,
       file_expires_at = now() - $2::interval where id = $1`,
    [id, fileExpiredFor],
  );
  return id;
}

/** How to meet each problem. */
const meet: Record<ProblemName, () => Promise<Pick<Answer, 'status' | 'body'>>> = {
  'malformed-request': () => exchangeRaw(api.url, 'NOT HTTP AT ALL\r\n\r\n'),
  'malformed-json': () => api.call('POST /orders', { raw: '{"customer":' }),
  'malformed-multipart': () =>
    api.call('POST /photos', { raw: 'x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
  'malformed-idempotency-key': () => api.call('POST /orders', { json, headers: { 'Idempotency-Key': '"' } }),
  'malformed-precondition': () =>
    api.call(`POST /orders/${orderId}/cancel`, { headers: { 'If-Match': 'abc' } }),
  'bad-signature': () =>
    api.call('POST /webhooks/stripe', stripeDelivery({ id: 'evt_1' }, { secret: 'whsec_other' })),
  unauthenticated: () => locked.call('GET /products'),
  'scope-missing': async () => {
    const { headers } = await makeKey(locked.pool, ['jobs:read']);
    return locked.call('GET /products', { headers });
  },
  'loopback-only': () => api.call('GET /metrics', { headers: { 'X-Forwarded-For': '203.0.113.7' } }),
  'link-not-valid': () => api.call('GET /files/none'),
  'not-found': () => api.call('GET /nowhere'),
  'unknown-order': () => api.call('GET /orders/019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42'),
  'unknown-product': () => api.call('GET /inventory/NOPE'),
  'unknown-warehouse': () => api.call('PUT /inventory/east/MUG', { json: { onHand: 1 } }),
  'unknown-schedule': () => api.call('GET /schedules/none'),
  'schedule-fixed': () => api.call('DELETE /schedules/reconcile'),
  'unknown-job': () => api.call(`GET /jobs/${orderId}`),
  'unknown-job-type': () => api.call('POST /job-types/none/pause'),
  'unknown-bulk-operation': () => api.call(`GET /bulk-operations/${orderId}`),
  'job-without-file': async () => api.call(`GET /jobs/${await endedJob(null)}/result`),
  'job-not-completed': async () => {
    const { body } = await api.call('POST /jobs', { json: job });
    return api.call(`GET /jobs/${String(body.jobId)}/result`);
  },
  'result-expired': async () => api.call(`GET /jobs/${await endedJob('1 hour')}/result`),
  'unknown-photo': () => api.call(`GET /photos/${orderId}`),
  'unknown-problem': () => api.call('GET /problems/none'),
  'unknown-webhook-endpoint': () => api.call(`GET /webhook-endpoints/${orderId}`),
  'unknown-webhook-delivery': async () => {
    const { body } = await api.call('POST /webhook-endpoints', { json: webhookEndpoint });
    return api.call(`POST /webhook-endpoints/${String(body.id)}/deliveries/${orderId}/resend`);
  },
  'unknown-callback-origin': () =>
    api.call('POST /callbacks/recover', {
      json: { origin: 'https://nobody.example', since: '2026-01-15T09:30:00.000Z' },
    }),
  'run-not-started': async () => withTemporal.call(`GET /orders/${await place(withTemporal)}/workflow`),
  'run-forgotten': async () => {
    const id = await place(withTemporal);
    await withTemporal.pool.query(`update orders set status = 'processing' where id = $1`, [id]);
    return withTemporal.call(`GET /orders/${id}/workflow`);
  },
  'method-not-allowed': () => api.call('DELETE /orders'),
  'request-timeout': () => exchangeRaw(impatient.url, 'GET /livez HTTP/1.1\r\nHost: '),
  'request-in-flight': () =>
    holdKey(api.pool, 'held', () =>
      api.call('POST /orders', { json, headers: { 'Idempotency-Key': 'held' } }),
    ),
  'email-taken': async () => {
    const registration = { email: 'ada@shop.example', name: 'Ada' };
    await api.call('POST /registrations', { json: registration });
    return api.call('POST /registrations', { json: { ...registration, email: 'ADA@shop.example' } });
  },
  'order-not-confirmed': () => api.call(`GET /orders/${orderId}/invoice`),
  'product-exists': () => api.call('POST /products', { json: product }),
  'stock-reserved': async () => {
    await api.pool.query(`update stock set reserved = 5 where sku = 'CAP'`);
    return api.call('PUT /inventory/main/CAP', { json: { onHand: 4 } });
  },
  'too-many-webhook-endpoints': async () => {
    await withTemporal.pool.query(
      `insert into webhook_endpoints (id, url, events, secret)
       select gen_random_uuid(), 'https://shop.example', '{job.*}', 'whsec_' from generate_series(1, $1)`,
      [maxWebhookEndpoints],
    );
    return withTemporal.call('POST /webhook-endpoints', { json: webhookEndpoint });
  },
  'webhook-endpoint-disabled': async () => {
    const { body } = await api.call('POST /webhook-endpoints', { json: webhookEndpoint });
    const path = `/webhook-endpoints/${String(body.id)}`;
    await api.call(`PUT ${path}`, { json: { ...webhookEndpoint, enabled: false } });
    return api.call(`POST ${path}/recover`, { json: { since: '2026-01-15T09:30:00Z' } });
  },
  'command-refused': () =>
    api.call(`POST /orders/${orderId}/resolve`, { json: { action: 'retry', note: 'x' } }),
  'link-expired': async () =>
    api.call(`GET ${await api.files.link({ key: 'a', name: 'a', mediaType: 'text/csv' }, new Date(0))}`),
  'precondition-failed': () =>
    api.call(`POST /orders/${orderId}/cancel`, { headers: { 'If-Match': '"abc"' } }),
  'payload-too-large': () => api.call('POST /orders', { raw: `"${'x'.repeat(256 * 1024)}"` }),
  'unsupported-media-type': () =>
    api.call('POST /orders', { raw: '<order/>', headers: { 'content-type': 'text/xml' } }),
  'range-not-satisfiable': async () => {
    await api.files.put('short', Buffer.from('short'), { mediaType: 'text/csv' });
    const inAnHour = new Date(Date.now() + 3_600_000);
    const link = await api.files.link({ key: 'short', name: 'a', mediaType: 'text/csv' }, inAnHour);
    return api.call(`GET ${link}`, { headers: { Range: 'bytes=100-' } });
  },
  'not-an-image': () => api.call('POST /photos', { form: formWith('photo', Buffer.from('not an image')) }),
  'invalid-input': () => api.call('POST /orders', { json: {} }),
  'idempotency-key-reused': async () => {
    const headers = { 'Idempotency-Key': 'reused' };
    await api.call('POST /orders', { json, headers });
    return api.call('POST /orders', { json: newOrder({ metadata: { a: 'b' } }), headers });
  },
  'rate-limited': async () => {
    const { headers } = await makeKey(locked.pool, ['orders:read']);
    const answers = await Promise.all([1, 2, 3].map(() => locked.call('GET /products', { headers })));
    return answers.find(({ status }) => status === 429) ?? answers[0]!;
  },
  'backlog-full': async () => {
    api.fillBacklog(true);
    try {
      return await api.call('POST /jobs', { json: job });
    } finally {
      api.fillBacklog(false);
    }
  },
  'headers-too-large': () =>
    exchangeRaw(api.url, `GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(maxHeaderBytes)}\r\n\r\n`),
  'internal-error': async () => {
    await withTemporal.pool.query('alter table products rename to elsewhere');
    try {
      return await withTemporal.call('GET /products');
    } finally {
      await withTemporal.pool.query('alter table elsewhere rename to products');
    }
  },
  'database-unavailable': () => withoutDatabase.call('POST /orders', { json }),
  'files-unavailable': () => withoutFiles.call('POST /photos', { form: formWith('photo', onePixel) }),
  'temporal-unavailable': () => api.call(`GET /orders/${orderId}/workflow`),
  'too-many-streams': async () => {
    const leaves = Array.from({ length: maxEventStreams }, () => api.live.streams.enter());
    const answer = await api.call(`GET /orders/${orderId}/events`);
    for (const leave of leaves) leave();
    return answer;
  },
  overloaded: async () => {
    withTemporal.setRelayState({ temporalUp: false, outboxDepth: 1_000_000 });
    try {
      return await withTemporal.call('POST /orders', { json });
    } finally {
      withTemporal.setRelayState({ temporalUp: true, outboxDepth: 0 });
    }
  },
  'not-ready': () => withoutDatabase.call('GET /readyz'),
};

test.each(problemNames)('answers with %s where it is due', async (name) => {
  const { status, body } = await meet[name]();
  const { title, retryable } = problems[name];
  expect(status).toBe(problems[name].status);
  expect(body).toMatchObject({ type: problemType(name), title, status, retryable });
  expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
});

test.each(problemNames)('says what %s means at the path that is its type', async (name) => {
  const { body } = await api.call(`GET ${problemType(name)}`);
  expect(body).toEqual({ type: problemType(name), ...problems[name] });
});

test('documents every problem, but for those that any request can meet', () => {
  const documented = new Set(endpoints.flatMap(problemNamesOf));
  const undocumented = problemNames.filter((name) => !documented.has(name));
  expect(undocumented).toEqual(['method-not-allowed', 'request-timeout', 'headers-too-large']);
});

test('finds the defect behind an internal error in the log, by the trace it has told', async () => {
  const { body } = await meet['internal-error']();
  expect(body.detail).toBe(problems['internal-error'].meaning);
  expect(withTemporal.log).toContainEqual(
    expect.objectContaining({ event: 'requestFailed', traceId: body.traceId, route: '/products' }),
  );
});
