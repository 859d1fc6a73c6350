import { readClock } from '../../../db/clock.ts';
import { countOrders } from '../../../db/orders/export.ts';
import { dropObjects, keepObjects } from '../../../db/loose-objects.ts';
import { exportMediaTypes, type ExportFormat } from '../../../domain/table.ts';
import { registerJob } from '../job-handler.ts';
import type { Export, ExportedFile } from './export.ts';
import { exportInParts } from './in-parts.ts';
import { exportAtOnce } from './at-once.ts';
import { readCheckpoint } from './checkpoint.ts';
import { exportOrders } from './type.ts';

/** CSV is made of parts and goes on behind the last whole one; a broken XLSX or PDF is begun anew. */
const ways: Record<ExportFormat, (work: Export) => Promise<ExportedFile>> = {
  csv: exportInParts,
  xlsx: exportAtOnce,
  pdf: exportAtOnce,
};

export const exportOrdersJob = registerJob(exportOrders, async (run, ctx) => {
  const { format, filter } = run.input;
  const { createdAfter, createdBefore, ...rest } = filter;
  const earlier = await readCheckpoint(ctx.pool, run.checkpoint);
  const asOf = earlier?.asOf ?? (await readClock(ctx.pool));
  const orders = {
    filter: {
      ...rest,
      ...(createdAfter !== undefined && { createdAfter: new Date(createdAfter) }),
      ...(createdBefore !== undefined && { createdBefore: new Date(createdBefore) }),
    },
    asOf,
  };
  const total = earlier?.total ?? (await countOrders(ctx.pool, orders));
  const { key, bytes, rows, parts } = await ways[format]({ run, ctx, orders, total, earlier });
  const name = `orders-${asOf.toISOString().slice(0, 10)}.${format}`;
  return {
    result: { rows, asOf: asOf.toISOString() },
    file: { key, name, mediaType: exportMediaTypes[format], bytes },
    commit: async (tx) => {
      await keepObjects(tx, [key]);
      await dropObjects(tx, parts);
    },
  };
});
