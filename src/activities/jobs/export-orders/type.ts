import { z } from 'zod';
import { patientRetry } from '../../../domain/job-type.ts';
import { orderStatuses } from '../../../domain/order.ts';
import { exportFormats } from '../../../domain/table.ts';
import { defineJobType } from '../job-type.ts';

const minute = 60 * 1_000;
const hour = 60 * minute;

const moment = z.iso.datetime().meta({ example: '2026-01-01T00:00:00.000Z' });

/** Which orders, by the same names as in `GET /orders`; all of them where nothing is said. */
export const ordersFilter = z.strictObject({
  status: z.enum(orderStatuses).optional(),
  needsAttention: z.boolean().optional().meta({ description: 'Whether an operator has to decide about it.' }),
  customerEmail: z
    .email({ error: 'must be an e-mail address' })
    .max(254)
    .optional()
    .meta({ description: 'However it is written.' }),
  createdAfter: moment.optional().meta({ description: 'Then or later, RFC 3339 in UTC.' }),
  createdBefore: moment.optional().meta({ description: 'Earlier than that, RFC 3339 in UTC.' }),
});

export const exportFormat = z.enum(exportFormats);

/** A file of orders, the oldest first. */
export const exportOrders = defineJobType({
  name: 'export-orders',
  summary: 'Writes orders into a file: CSV, XLSX or PDF.',
  input: z.strictObject({ format: exportFormat, filter: ordersFilter.default({}) }),
  queue: 'heavy',
  retry: patientRetry,
  attemptTimeoutMs: 2 * hour,
  deadlineMs: 12 * hour,
  // Fewer than the heavy slots of one worker, and than its helpers for documents, so that short jobs have some left.
  concurrency: 2,
  maxBacklog: 10_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: 7 * 24 * hour,
  offered: true,
});
