import { parse } from 'csv-parse/sync';
import readSheets from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropObjects, expectObject } from '../../src/db/loose-objects.ts';
import { newId } from '../../src/domain/new-id.ts';
import { seedOrders } from './orders.ts';
import { startFilesRig, type FilesRig } from './rig.ts';

/** More than one page, and more than one part of a CSV file. */
const count = 52_500;
const timeoutMs = 120_000;

let rig: FilesRig;
beforeAll(async () => {
  rig = await startFilesRig();
  await seedOrders(rig.pool, count);
}, timeoutMs);
afterAll(() => rig.close());

async function ask(format: string, filter: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await rig.call('POST /exports', { json: { kind: 'orders', format, filter } });
  expect(status).toBe(202);
  return String(body.jobId);
}

async function download(jobId: string): Promise<{ headers: Headers; bytes: Buffer }> {
  const led = await fetch(`${rig.url}/jobs/${jobId}/result`, { redirect: 'manual' });
  expect(led.status).toBe(302);
  const response = await fetch(new URL(led.headers.get('location') ?? '', rig.url));
  expect(response.status).toBe(200);
  return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('an export', { timeout: timeoutMs }, () => {
  test('of CSV holds every order once, the oldest first, whatever the number of its parts', async () => {
    const jobId = await ask('csv');
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({ status: 'completed', result: { rows: count } });
    const { headers, bytes } = await download(jobId);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/orders-\d{4}-\d\d-\d\d\.csv/);
    const rows: Record<string, string>[] = parse(bytes, { columns: true });
    expect(rows).toHaveLength(count);
    expect(new Set(rows.map(({ orderId }) => orderId)).size).toBe(count);
    const times = rows.map(({ createdAt = '' }) => createdAt);
    expect(times).toEqual(times.toSorted());
    expect(rows[6]).toMatchObject({
      customerName: '李雷 7',
      customerEmail: 'customer7@shop.example',
      pieces: '2',
      total: '10.07',
      currency: 'EUR',
      country: 'DE',
    });
    expect(rows[49]).toMatchObject({ total: '1050', currency: 'JPY' });
    const { rows: left } = await rig.pool.query('select key from loose_objects where remove_after > now()');
    expect(left).toEqual([]);
  });

  test.each([
    ['forgotten', () => Promise.resolve(), 1],
    ['expired', (part: string) => dropObjects(rig.pool, [part]), 1],
    ['not in the store', (part: string) => expectObject(rig.pool, part), 2],
  ])('whose earlier part is %s by the time that it goes on is begun anew', async (_what, leave, attempts) => {
    expect((await rig.call('POST /job-types/export-orders/pause', { json: { reason: 'test' } })).status).toBe(
      200,
    );
    const jobId = await ask('csv', { createdAfter: '2026-01-01T14:00:00.000Z' });
    const part = `exports/${jobId}/${newId()}.csv`;
    await leave(part);
    const end = { createdMicros: Date.parse('2026-01-01T14:10:00.000Z') * 1_000, id: newId() };
    const checkpoint = { asOf: new Date().toISOString(), total: 2_101, rows: 601, parts: [part], end };
    await rig.pool.query('update jobs set checkpoint = $2 where id = $1', [jobId, checkpoint]);
    expect((await rig.call('POST /job-types/export-orders/resume')).status).toBe(200);
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({ status: 'completed', attempts, result: { rows: 2_101 } });
    const { bytes } = await download(jobId);
    expect(parse(bytes, { columns: true })).toHaveLength(2_101);
  });

  test('of XLSX and of PDF holds what was chosen', async () => {
    const filter = { status: 'failed', createdBefore: '2026-01-01T00:50:00.000Z' };
    const [sheetJob, pdfJob] = [await ask('xlsx', filter), await ask('pdf', filter)];
    await rig.until(sheetJob, 'completed');
    await rig.until(pdfJob, 'completed');
    const [sheet] = await readSheets((await download(sheetJob)).bytes);
    expect(sheet?.data).toHaveLength(1 + 299);
    expect(sheet?.data[1]?.[6]).toBe('Ünal 10');
    const { text } = await extractText(
      await getDocumentProxy(new Uint8Array((await download(pdfJob)).bytes)),
    );
    expect(text.join(' ').match(/customer\d+@shop\.example/g)).toHaveLength(299);
    expect(text[0]).toContain('status: failed');
  });

  test('of nothing is a file with its head', async () => {
    const jobId = await ask('csv', { customerEmail: 'nobody@shop.example' });
    expect(await rig.until(jobId, 'completed')).toMatchObject({ result: { rows: 0 } });
    expect((await download(jobId)).bytes.toString()).toMatch(/^orderId,[^\n]*\r\n$/);
  });

  test('leaves out what is ordered after it has begun', async () => {
    const jobId = await ask('csv', { createdAfter: '2026-01-01T14:00:00.000Z' });
    const { result } = await rig.until(jobId, 'completed');
    expect(result).toMatchObject({ asOf: expect.stringMatching(/Z$/), rows: count - 14 * 3600 + 1 });
  });

  test.each(['csv', 'xlsx', 'pdf'])(
    'of %s says how far it is, and is cancelled in the midst of it, with no file left',
    async (format) => {
      const jobId = await ask(format);
      await expect
        .poll(async () => (await rig.read(jobId)).progressMessage, { timeout: 60_000, interval: 20 })
        .toMatch(/^[\d,]+ of 52,500 orders$/);
      expect((await rig.call(`POST /jobs/${jobId}/cancel`)).status).toBe(202);
      const cancelled = await rig.until(jobId, 'cancelled', 'completed');
      expect(cancelled).toMatchObject({ status: 'cancelled', fileKey: null });
      expect((await rig.call(`GET /jobs/${jobId}/result`)).status).toBe(409);
      await expect.poll(async () => (await rig.keys()).filter((key) => key.includes(jobId))).toEqual([]);
    },
  );
});
