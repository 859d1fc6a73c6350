import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { exportFormats } from '../../src/domain/table.ts';
import type { Shop } from '../shop/open-shop.ts';
import { succeeded } from '../shop/storefront.ts';
import { until } from '../shop/wait.ts';

/** All that is seeded is older; what is placed meanwhile is newer. */
const createdBefore = '2026-06-01T00:00:00Z';

const beginTimeoutMs = 60_000;
const endTimeoutMs = 3_600_000;
const pollMs = 500;

/** Has so many exports of the seeded orders made, of each format in turn; gives the jobs. */
export async function requestExports({ storefront }: Shop, count: number): Promise<string[]> {
  const jobIds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const json = {
      kind: 'orders',
      format: exportFormats[at % exportFormats.length],
      filter: { createdBefore },
    };
    const reply = await storefront.http.call<{ jobId: string }>('POST', '/exports', { json });
    jobIds.push(succeeded(reply).body.jobId);
  }
  return jobIds;
}

export async function untilOneRuns(shop: Shop, jobIds: readonly string[]): Promise<void> {
  await until('an export runs', beginTimeoutMs, async () => {
    const jobs = await look(shop, jobIds);
    return jobs.some(({ status }) => status === 'running') || undefined;
  });
}

/**
 * Waits until all of them have ended; gives how many had not when it was called. Throws where one has failed or holds another
 * number of rows.
 */
export async function untilTheyEnd(shop: Shop, jobIds: readonly string[], rows: number): Promise<number> {
  const left = (await look(shop, jobIds)).filter(isOpen).length;
  const ended = await until(
    'all exports have ended',
    endTimeoutMs,
    async () => {
      const jobs = await look(shop, jobIds);
      return jobs.some(isOpen) ? undefined : jobs;
    },
    pollMs,
  );
  const wrong = ended.find((job) => job.status !== 'completed' || job.rows !== rows);
  if (wrong) throw new Error(`an export is ${wrong.status} with ${wrong.rows} rows`);
  return left;
}

interface ExportJob {
  readonly status: string;
  readonly rows: number | null;
}

const isOpen = ({ status }: ExportJob) => !['completed', 'failed', 'dead', 'cancelled'].includes(status);

async function look({ pool }: Shop, jobIds: readonly string[]): Promise<ExportJob[]> {
  return query<ExportJob>(
    pool,
    sql`select status, (result ->> 'rows')::integer as rows from jobs where id = any(${jobIds}::uuid[])`,
  );
}
