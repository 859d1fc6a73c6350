import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('POST /exports', () => {
  test.each(['csv', 'xlsx', 'pdf'])('makes a job that writes %s', async (format) => {
    const filter = { status: 'completed', createdAfter: '2026-01-01T00:00:00.000Z' };
    const { status, headers, body } = await api.call('POST /exports', {
      json: { kind: 'orders', format, filter },
    });
    expect([status, headers.get('location'), headers.get('retry-after')]).toEqual([
      202,
      `/jobs/${body.jobId}`,
      '1',
    ]);
    const { body: job } = await api.call(`GET /jobs/${body.jobId}`);
    expect(job).toMatchObject({ type: 'export-orders', status: 'queued', input: { format, filter } });
  });

  test('exports everything where nothing is chosen, and answers a key once', async () => {
    const options = { json: { kind: 'orders', format: 'csv' }, headers: { 'Idempotency-Key': 'export-1' } };
    const first = await api.call('POST /exports', options);
    const again = await api.call('POST /exports', options);
    expect(again.body).toEqual(first.body);
    expect((await api.call(`GET /jobs/${first.body.jobId}`)).body.input).toEqual({
      format: 'csv',
      filter: {},
    });
  });

  test('names what is wrong, and answers 429 while too many wait', async () => {
    const json = {
      kind: 'customers',
      format: 'doc',
      filter: { status: 'lost', createdAfter: 'yesterday', x: 1 },
    };
    const { status, body } = await api.call('POST /exports', { json });
    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual([
      '#/filter/createdAfter',
      '#/filter/status',
      '#/filter/x',
      '#/format',
      '#/kind',
    ]);
    api.fillBacklog(true);
    expect((await api.call('POST /exports', { json: { kind: 'orders', format: 'csv' } })).status).toBe(429);
    api.fillBacklog(false);
  });
});
