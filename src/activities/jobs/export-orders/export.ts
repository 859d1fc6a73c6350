import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { exportPage, type ExportedOrders } from '../../../db/orders/export.ts';
import type { PageEnd } from '../../../db/orders/list.ts';
import { expectObject } from '../../../db/loose-objects.ts';
import { newId } from '../../../domain/new-id.ts';
import { exportMediaTypes, orderColumns } from '../../../domain/table.ts';
import type { JobContext, JobRun } from '../job-handler.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { exportOrders } from './type.ts';

/** One attempt at an export. */
export interface Export {
  readonly run: JobRun<z.output<typeof exportOrders.input>>;
  readonly ctx: JobContext;
  readonly orders: ExportedOrders;
  /** Null where nobody knows how many rows there will be. */
  readonly total: number | null;
  readonly earlier: Checkpoint | null;
}

export interface ExportedFile {
  readonly key: string;
  readonly bytes: number;
  readonly rows: number;
  /** What it was put together from, and nobody needs any more. */
  readonly parts: readonly string[];
}

/** How far reading has come. */
export interface Reading {
  rows: number;
  end: PageEnd | null;
  /** Nothing is behind `end`. */
  finished: boolean;
}

/** Pages of rows behind where the reading stands, up to `maxRows` rows, which a page does not exceed. */
export async function* readPages({ run, ctx, orders, total }: Export, reading: Reading, maxRows = Infinity) {
  for (let left = maxRows; left > 0 && !reading.finished;) {
    run.signal.throwIfAborted();
    const limit = Math.min(ctx.batches.export, left);
    const page = await exportPage(ctx.pool, orders, reading.end, limit);
    reading.finished = page === null || page.count < limit;
    if (page === null) return;
    reading.rows += page.count;
    reading.end = page.end;
    left -= page.count;
    run.progress(percentOf(reading.rows, total), wordsOf(reading.rows, total));
    yield page.rows;
  }
}

/** What remains is for putting the file together. */
const percentRead = 98;

function percentOf(rows: number, total: number | null): number {
  return total === null || total === 0 ? 0 : Math.min(percentRead, (rows / total) * percentRead);
}

const counted = new Intl.NumberFormat('en');

function wordsOf(rows: number, total: number | null): string {
  return `${counted.format(rows)}${total === null ? '' : ` of ${counted.format(total)}`} orders`;
}

/** Puts something of this export under a key of its own, so that no other attempt writes there. */
export async function putObject(
  { run, ctx }: Export,
  body: Readable,
): Promise<{ readonly key: string; readonly bytes: number }> {
  const { format } = run.input;
  const key = `exports/${run.jobId}/${newId()}.${format}`;
  await expectObject(ctx.pool, key);
  const mediaType = exportMediaTypes[format];
  const { bytes } = await ctx.objects.put(key, body, { mediaType, signal: run.signal });
  return { key, bytes };
}

/** The table that is to be written; `headed` with the names of its columns. */
export function tableOf({ run, orders }: Export, headed: boolean) {
  const { format, filter } = run.input;
  const chosen = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${String(value)}`],
  );
  return {
    format,
    columns: orderColumns,
    title: 'Orders',
    notes: [`As of ${orders.asOf.toISOString()}`, ...chosen],
    headed,
    madeAt: orders.asOf.toISOString(),
  };
}
