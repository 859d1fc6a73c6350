import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmOrder, placeOne } from './order-steps.ts';
import { seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

async function fetchInvoice(id: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/orders/${id}/invoice`, { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

describe('GET /orders/{id}/invoice', () => {
  test('is not there before the order is confirmed', async () => {
    const id = await placeOne(api);
    const { status, body } = await api.call(`GET /orders/${id}/invoice`);
    expect([status, body.type, body.detail]).toEqual([
      409,
      '/problems/order-not-confirmed',
      'The order is pending.',
    ]);
  });

  test('is a PDF numbered by the order, the same whenever it is asked for', async () => {
    const id = await placeOne(api);
    await confirmOrder(api.pool, id);
    expect((await api.call(`GET /orders/${id}/invoice`)).status).toBe(200);
    const first = await fetchInvoice(id);
    expect(first.headers.get('content-type')).toBe('application/pdf');
    expect(first.headers.get('content-disposition')).toContain(`INV-${id.toUpperCase()}.pdf`);
    const again = await fetchInvoice(id);
    expect(again.bytes).toEqual(first.bytes);
    const tag = first.headers.get('etag') ?? '';
    expect((await fetchInvoice(id, { 'If-None-Match': tag })).status).toBe(304);
    const { text } = await extractText(await getDocumentProxy(first.bytes));
    for (const part of [id.toUpperCase(), 'The Shop', 'Ada Lovelace', 'Mug', '12.50 EUR', '25.00 EUR'])
      expect(text.join(' ')).toContain(part);
  });

  test('stays when the order is cancelled after it was confirmed', async () => {
    const id = await placeOne(api);
    await confirmOrder(api.pool, id);
    const { bytes } = await fetchInvoice(id);
    await api.pool.query(
      `update orders set status = 'cancelled', cancel_requested_at = now(), updated_at = now() where id = $1`,
      [id],
    );
    expect((await fetchInvoice(id)).bytes).toEqual(bytes);
  });

  test('is made beside the process that answers, one after the other where many ask', async () => {
    const id = await placeOne(api);
    await confirmOrder(api.pool, id);
    const all = await Promise.all(Array.from({ length: 8 }, () => fetchInvoice(id)));
    expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200));
  });
});
