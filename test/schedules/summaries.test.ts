import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { extractText, getDocumentProxy } from 'unpdf';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { dailySummary } from '../../src/activities/jobs/daily-summary/type.ts';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { summaryMail } from '../../src/activities/jobs/summary-mail/type.ts';
import { weeklySummary } from '../../src/activities/jobs/weekly-summary/type.ts';
import { makeSummary } from '../../src/db/reports/summaries.ts';
import { newId } from '../../src/domain/new-id.ts';
import { pathInFolder } from '../../src/storage/folder.ts';
import { startJobRig, type JobRig } from '../jobs/rig.ts';

const patient = { timeout: 20_000 };

let rig: JobRig;
let mail: MailSandbox;
let filesDir: string;
beforeAll(async () => {
  mail = await startMailSandbox();
  filesDir = mkdtempSync(join(tmpdir(), 'summaries-'));
  rig = await startJobRig(registeredJobs, {
    variables: {
      SMTP_URL: mail.smtpUrl,
      OPERATOR_EMAIL: 'operators@shop.example',
      FILES_URL: `file://${filesDir}`,
    },
  });
  await rig.pool.query(`insert into products (sku, name, price_minor, currency) values
    ('MUG', 'Mug, white', 600, 'EUR'), ('PEN', 'Ручка', 500, 'EUR'), ('CAP', 'Cap', 700, 'USD')`);
});
afterAll(async () => {
  await rig.close();
  await mail.close();
  rmSync(filesDir, { recursive: true });
});
beforeEach(() => rig.pool.query('truncate sales, summaries, summary_sales, summary_mails, outbox'));

/** A line that was sold then, and reversed then where that is given. */
async function sell(sku: string, quantity: number, soldAt: string, reversedAt?: string): Promise<void> {
  await rig.pool.query(
    `insert into sales (order_id, sku, quantity, amount_minor, currency, sold_at, reversed_at)
     select $1, sku, $3::integer, $3 * price_minor, currency, $4, $5 from products where sku = $2`,
    [newId(), sku, quantity, soldAt, reversedAt ?? null],
  );
}

const berlin = (firstDay: string) => ({ period: 'day', firstDay, timeZone: 'Europe/Berlin' }) as const;

describe('a summary', () => {
  test('is of a day there, from midnight to midnight, reversals on the day on which they were made', async () => {
    await sell('MUG', 1, '2026-06-09T21:59:59Z');
    await sell('MUG', 2, '2026-06-09T22:00:00Z');
    await sell('PEN', 1, '2026-06-10T21:59:59Z', '2026-06-12T10:00:00Z');
    await sell('MUG', 7, '2026-06-10T22:00:00Z');
    await sell('PEN', 3, '2026-06-01T10:00:00Z', '2026-06-10T10:30:00Z');
    await sell('CAP', 1, '2026-06-10T10:00:00Z');
    const { sales, bestSellers } = await makeSummary(rig.pool, berlin('2026-06-10'));
    expect(sales).toMatchObject([
      { currency: 'EUR', orders: 2, pieces: 3, revenueMinor: 1_700, reversedOrders: 1, reversedMinor: 1_500 },
      { currency: 'USD', orders: 1, pieces: 1, revenueMinor: 700, reversedOrders: 0, reversedMinor: 0 },
    ]);
    const partsMinor = sales[0]?.partsMinor ?? [];
    expect(partsMinor).toHaveLength(24);
    expect([partsMinor[0], partsMinor[12], partsMinor[23]]).toEqual([1_200, -1_500, 500]);
    // What was reversed since is no best seller.
    expect(bestSellers.map(({ sku, revenueMinor }) => [sku, revenueMinor])).toEqual([
      ['MUG', 1_200],
      ['CAP', 700],
    ]);
  });

  test.each([
    ['2026-03-29', 23, '2026-03-28T23:00:00Z', '2026-03-29T21:59:00Z'],
    ['2026-10-25', 25, '2026-10-24T22:00:00Z', '2026-10-25T22:59:00Z'],
  ])('has all of %s, which has %d hours', async (day, hours, first, last) => {
    await sell('MUG', 1, first);
    await sell('MUG', 1, last);
    const [eur] = (await makeSummary(rig.pool, berlin(day))).sales;
    expect(eur).toMatchObject({ orders: 2, revenueMinor: 1_200 });
    expect(eur?.partsMinor).toHaveLength(hours);
    expect([eur?.partsMinor[0], eur?.partsMinor.at(-1)]).toEqual([600, 600]);
  });

  test('takes the place of the one before, and says what it does not know yet', async () => {
    await sell('MUG', 1, '2026-06-10T10:00:00Z');
    const first = await makeSummary(rig.pool, berlin('2026-06-10'));
    await sell('MUG', 1, '2026-06-10T11:00:00Z');
    await rig.pool.query(
      `insert into outbox (lane, kind, order_id, payload, created_at, next_attempt_at)
       values ('sale:x', 'sale', $1, '{}', '2026-06-10T12:00:00Z', 'infinity')`,
      [newId()],
    );
    const again = await makeSummary(rig.pool, berlin('2026-06-10'));
    expect([first.outstanding, again.outstanding]).toEqual([0, 1]);
    expect(again.id).toBe(first.id);
    expect(again.sales).toMatchObject([{ orders: 2, revenueMinor: 1_200 }]);
  });

  test('counts the orders that came in, and how they stand', async () => {
    await rig.pool.query(
      `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method, total_minor,
         currency, status, cancel_requested_at, failure_type, failure_detail, created_at)
       select gen_random_uuid(), 'c', 'c@shop.example', 'C', '{}', 'pm', 100, 'EUR', status, now(),
         case when status = 'failed' then 'OutOfStock' end, case when status = 'failed' then 'gone' end, at::timestamptz
       from (values ('pending', '2026-06-10T10:00Z'), ('completed', '2026-06-10T10:00Z'),
         ('failed', '2026-06-10T10:00Z'), ('cancelled', '2026-06-10T10:00Z'), ('completed', '2026-06-11T10:00Z'))
         as given (status, at)`,
    );
    const { orders } = await makeSummary(rig.pool, berlin('2026-06-10'));
    expect(orders).toEqual({ placed: 4, completed: 1, failed: 1, cancelled: 1 });
  });
});

describe('the job', () => {
  test('makes the summary of a day, its PDF and its mail', async () => {
    await sell('MUG', 2, '2026-06-10T10:00:00Z');
    await sell('PEN', 2, '2026-06-10T12:00:00Z');
    const jobId = await rig.enqueue(dailySummary, {
      input: { day: '2026-06-10', timeZone: 'Europe/Berlin' },
    });
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job).toMatchObject({
      status: 'completed',
      result: { revenue: [{ amountMinor: 2_200, currency: 'EUR' }], outstanding: 0 },
      fileName: 'Summary 2026-06-10.pdf',
      fileMediaType: 'application/pdf',
    });
    const pdf = await readFile(pathInFolder(filesDir, job.fileKey ?? ''));
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
    expect(text).toContain('Summary 2026-06-10 (Europe/Berlin)');
    expect(text).toContain('2 orders, 4 pieces, 22.00 EUR');
    expect(text).toContain('Ручка (PEN)');

    await expect.poll(() => mail.messages({ to: 'operators@shop.example' }).length, patient).toBe(1);
    const [message] = mail.messages({ to: 'operators@shop.example' });
    expect(message?.subject).toBe('Summary 2026-06-10 (Europe/Berlin)');
    const response = await fetch(`${mail.url}/sandbox/messages/${message?.number}`);
    expect(await response.json()).toMatchObject({
      content: {
        attachments: [
          { filename: 'Summary 2026-06-10.pdf', contentType: 'application/pdf', size: pdf.length },
        ],
      },
    });
  });

  test('makes a file of its own each time, so that one that is old takes no newer one with it', async () => {
    const input = { day: '2026-06-11', timeZone: 'Europe/Berlin', mailTo: 'files@shop.example' };
    const keys: (string | null)[] = [];
    for (let times = 0; times < 2; times += 1) {
      const jobId = await rig.enqueue(dailySummary, { input });
      keys.push((await rig.until(jobId, 'completed', 'failed', 'dead')).fileKey);
    }
    const [first = '', second = ''] = keys.map(String);
    expect(second).not.toBe(first);
    for (const key of [first, second]) await readFile(pathInFolder(filesDir, key));
    const { rows: loose } = await rig.pool.query('select key from loose_objects');
    expect(loose).toEqual([]);
  });

  test('makes that of a week, with a part for each day, and mails it to whom its input names', async () => {
    await sell('MUG', 1, '2026-06-08T10:00:00Z');
    await sell('MUG', 1, '2026-06-14T10:00:00Z');
    const input = { monday: '2026-06-08', timeZone: 'America/New_York', mailTo: 'sales@shop.example' };
    const jobId = await rig.enqueue(weeklySummary, { input });
    const job = await rig.until(jobId, 'completed', 'failed', 'dead');
    expect(job.fileName).toBe('Summary 2026-06-08 to 2026-06-14.pdf');
    const { rows } = await rig.pool.query('select parts_minor as parts from summary_sales');
    expect(rows).toEqual([{ parts: ['600', '0', '0', '0', '0', '0', '600'] }]);
    await expect.poll(() => mail.messages({ to: 'sales@shop.example' }).length, patient).toBe(1);
  });

  test('is done although the mail server is away, and mails it once that is back', async () => {
    // A connection that was kept breaks as one does that is made anew.
    mail.faults.add({ operation: 'mail.*', mode: 'drop_request', times: 'always' });
    const input = { day: '2026-06-10', timeZone: 'Asia/Tokyo', mailTo: 'late@shop.example' };
    const jobId = await rig.enqueue(dailySummary, { input });
    expect(await rig.until(jobId, 'completed', 'failed', 'dead')).toMatchObject({ status: 'completed' });
    const tried = `select count(*) > 0 as tried from job_attempts join jobs on jobs.id = job_id
      where type = 'summary-mail' and input ->> 'address' = 'late@shop.example'`;
    await expect.poll(async () => (await rig.pool.query(tried)).rows[0], patient).toEqual({ tried: true });
    mail.faults.clear();
    await expect.poll(() => mail.messages({ to: 'late@shop.example' }).length, patient).toBe(1);
    const ledger = 'select sent_at is not null as sent from summary_mails where address = $1';
    await expect
      .poll(async () => (await rig.pool.query(ledger, ['late@shop.example'])).rows, patient)
      .toEqual([{ sent: true }]);
  });

  test('sends a mail no second time, whoever asks for it', async () => {
    const made = await makeSummary(rig.pool, berlin('2026-06-10'));
    const input = { summaryId: made.id, address: 'once@shop.example', fileKey: 'summaries/none.pdf' };
    await rig.pool.query(
      `insert into summary_mails (summary_id, address, message_id, sent_at) values ($1, $2, '<sent>', now())`,
      [made.id, input.address],
    );
    const jobId = await rig.enqueue(summaryMail, { input });
    expect(await rig.until(jobId, 'completed', 'failed', 'dead')).toMatchObject({ result: { sent: false } });
    expect(mail.messages({ to: input.address })).toEqual([]);
  });
});
