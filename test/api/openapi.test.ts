import type { Express } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../src/api/endpoints.ts';
import { expressPath } from '../../src/api/http/mount.ts';
import { document, whyNotDocumented } from './contract.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** What the router really holds, but for what answers any other method. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => {
    const methods = new Set(route?.stack.map(({ method }) => method));
    return route && methods.size === 1 ? [`${[...methods].join()} ${route.path}`] : [];
  });
}

const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

test('documents every route that is served, and serves every one that is documented', () => {
  const documented = operations.map(({ path, method }) => `${method} ${expressPath(path)}`);
  expect(documented.toSorted()).toEqual(routesOf(api.app).toSorted());
  expect(documented).toHaveLength(endpoints.length);
});

test('serves the document', async () => {
  const { status, headers, body } = await api.call('GET /openapi.json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(body).toEqual(document);
  expect(body.openapi).toBe('3.1.0');
});

test('gives every operation an id of its own, a summary and a tag', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
  }
});

test('says by components what an order and a problem are', () => {
  expect(Object.keys(document.components?.schemas ?? {})).toEqual(
    expect.arrayContaining(['Order', 'NewOrder', 'AcceptedOrder', 'Problem', 'Money', 'Address']),
  );
});

const examples = operations.flatMap(({ path, method, operation }) =>
  Object.entries<any>(operation.responses ?? {}).flatMap(([status, response]) =>
    Object.entries(response.content ?? {}).flatMap(([mediaType, content]: [string, any]) =>
      [content.example, ...Object.values(content.examples ?? {}).map((one: any) => one.value)]
        .filter((body) => body !== undefined)
        .map((body) => ({ path, method, answer: { status: Number(status), mediaType, body } })),
    ),
  ),
);

test.each(examples)(
  'shows $method $path $answer.status by an example that is one',
  ({ path, method, answer }) => {
    expect(whyNotDocumented(method, path, answer)).toBeNull();
  },
);

test('shows requests by examples that are taken', async () => {
  await api.pool.query(
    `insert into products (sku, name, price_minor, currency) values ('MUG-WHITE', 'Mug', 4599, 'EUR')`,
  );
  const place = operations.find(({ operation }) => operation.operationId === 'placeOrder');
  const { content } = place?.operation.requestBody ?? {};
  const { status } = await api.call('POST /orders', { json: content['application/json'].example });
  expect(status).toBe(202);
});

test('would notice an answer that is not documented', () => {
  const right = { status: 200, mediaType: 'application/json', body: { status: 'alive' } };
  expect(whyNotDocumented('get', '/livez', right)).toBeNull();
  expect(whyNotDocumented('get', '/livez', { ...right, status: 201 })).toMatch('documents no 201');
  expect(whyNotDocumented('get', '/livez', { ...right, mediaType: 'text/html' })).toMatch(
    'documents no text/html',
  );
  expect(whyNotDocumented('get', '/livez', { ...right, body: { status: 'alive', more: 1 } })).toMatch(
    'additional',
  );
  expect(whyNotDocumented('get', '/livez', { ...right, body: {} })).toMatch('required');
});
