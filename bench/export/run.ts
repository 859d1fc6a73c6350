import type { ExportFormat } from '../../src/domain/table.ts';
import type { Shop } from '../shop/open-shop.ts';
import { until } from '../shop/wait.ts';
import { startMemoryMeter, type PeakMemory } from './memory.ts';

/** One export, as it went. */
export interface Exported {
  readonly rows: number;
  /** From the beginning of its attempt to its end. */
  readonly seconds: number;
  /** Of the file as it was downloaded. */
  readonly bytes: number;
  readonly memory: PeakMemory;
}

interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly attempts: number;
  readonly result: { readonly rows: number } | null;
  readonly error: unknown;
  readonly startedAt: string;
  readonly finishedAt: string;
}

const exportTimeoutMs = 30 * 60 * 1_000;
const pollMs = 250;

/** The process that does heavy jobs, and nothing else. */
export const heavyPart = 'heavy-1';

/** Has all orders exported as a client would, watches the worker meanwhile, and downloads the file. */
export async function exportAll(shop: Shop, format: ExportFormat): Promise<Exported> {
  const { http } = shop.storefront;
  const meter = startMemoryMeter(shop.constellation.part(heavyPart).pid ?? 0);
  const { body: accepted } = await http.call<Job>('POST', '/exports', { json: { kind: 'orders', format } });
  const job = await until(
    `the export to ${format}`,
    exportTimeoutMs,
    async () => {
      const { body } = await http.call<Job>('GET', `/jobs/${accepted.jobId}`);
      return ['queued', 'running'].includes(body.status) ? undefined : body;
    },
    pollMs,
  );
  const memory = meter.stop();
  if (job.status !== 'completed' || job.attempts !== 1)
    throw new Error(`the export to ${format} is ${job.status} after ${job.attempts} attempts`, {
      cause: job.error,
    });
  const { bytes, lines } = await download(shop, accepted.jobId);
  const rows = job.result?.rows ?? 0;
  if (format === 'csv' && lines !== rows + 1) throw new Error(`${rows} rows, and ${lines} lines in the file`);
  const seconds = (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1_000;
  return { rows, seconds, bytes, memory };
}

const lineFeed = 0x0a;

async function download(shop: Shop, jobId: string): Promise<{ bytes: number; lines: number }> {
  const response = await fetch(`${shop.constellation.urls.api}/jobs/${jobId}/result`);
  if (!response.ok || response.body === null) throw new Error(`the download was answered ${response.status}`);
  let bytes = 0;
  let lines = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
  }
  return { bytes, lines };
}
