import { z } from 'zod';
import type { BulkOperation } from '../../../db/bulk-operations.ts';
import { bulkActions, maxBulkItems, type BulkFilter } from '../../../domain/bulk-operation.ts';
import { statusesShownAs, type PublicJobStatus } from '../../../domain/job.ts';
import { askedTime, time } from '../../schemas/fields.ts';
import { jobTypeName } from '../../schemas/job.ts';
import { line } from '../../schemas/text.ts';

export const operationId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'A UUIDv7.', example: '019aab3a-2b4f-7c62-9b4e-6a1d0e1f2a3b' });

const name = line(200);

const jobFilter = z
  .strictObject({
    of: z.literal('jobs'),
    status: z
      .enum(['dead', 'failed', 'cancelled', 'scheduled', 'queued', 'running'])
      .default('dead')
      .meta({ description: 'Those that have ended are retried, the others cancelled.' }),
    type: jobTypeName.optional(),
    errorType: name.optional().meta({ example: 'ProviderUnavailable' }),
    enqueuedAfter: askedTime.optional(),
    enqueuedBefore: askedTime.optional(),
  })
  .meta({ id: 'BulkJobFilter' });

const orderFilter = z
  .strictObject({
    of: z.literal('orders').meta({ description: 'Those that need attention.' }),
    step: name.optional().meta({ description: 'That does not succeed.', example: 'buy_label' }),
    reason: name.optional().meta({ example: 'ProviderUnavailable' }),
    since: askedTime.optional().meta({ description: 'They need it since then, or later.' }),
    before: askedTime.optional(),
  })
  .meta({ id: 'BulkOrderFilter' });

const filter = z.discriminatedUnion('of', [jobFilter, orderFilter]);

export type BulkFilterBody = z.output<typeof filter>;

const canRetry: readonly string[] = ['dead', 'failed', 'cancelled'] satisfies PublicJobStatus[];

export const newBulkOperation = z
  .strictObject({
    action: z.enum(bulkActions),
    filter,
    dryRun: z
      .boolean()
      .meta({ description: `Counts, and keeps which ones those are: up to ${maxBulkItems}.` }),
    operationId: operationId.optional().meta({
      description: 'Of the dry run with this action and filter: exactly what it has counted is told.',
    }),
  })
  .refine(({ dryRun, operationId: id }) => dryRun === (id === undefined), {
    path: ['operationId'],
    error: 'is that of a dry run, and stands where dryRun is false',
  })
  .refine(
    ({ action, filter: of }) => of.of === 'orders' || canRetry.includes(of.status) === (action === 'retry'),
    {
      path: ['filter', 'status'],
      error: 'is none that the action is possible in',
    },
  )
  .meta({ id: 'NewBulkOperation' });

export const bulkOperation = z
  .strictObject({
    operationId,
    action: z.enum(bulkActions),
    counted: z.int(),
    accepted: z.int().meta({ description: 'Of those, so far.' }),
    refused: z.int().meta({ description: 'Those that had changed since they were counted.' }),
    refusals: z
      .array(z.strictObject({ id: z.uuid(), detail: z.string() }))
      .meta({ description: 'The first hundred.' }),
    requestedBy: z.string(),
    createdAt: time,
    confirmedBy: z.string().nullable(),
    confirmedAt: time.nullable(),
    links: z.strictObject({
      self: z.string(),
      job: z.string().nullable().meta({ description: 'The job that carries it out.' }),
    }),
  })
  .meta({ id: 'BulkOperation' });

/** The filter as it is kept. */
export function keptFilter(body: BulkFilterBody): BulkFilter {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  if (body.of === 'orders') return { ...given, of: 'orders' };
  const { status, ...rest } = { ...given, status: body.status };
  return { ...rest, of: 'jobs', statuses: statusesShownAs(status) };
}

export function bulkBody(
  operation: BulkOperation,
  refusals: readonly { id: string; detail: string }[],
  jobId: string | null,
): z.input<typeof bulkOperation> {
  const { id, action, counted, accepted, refused, requestedBy, createdAt, confirmedBy, confirmedAt } =
    operation;
  return {
    operationId: id,
    action,
    counted,
    accepted,
    refused,
    refusals: [...refusals],
    requestedBy,
    createdAt: createdAt.toISOString(),
    confirmedBy,
    confirmedAt: confirmedAt?.toISOString() ?? null,
    links: { self: `/bulk-operations/${id}`, job: jobId === null ? null : `/jobs/${jobId}` },
  };
}

export const exampleBulkOperation: z.input<typeof bulkOperation> = {
  operationId: '019aab3a-2b4f-7c62-9b4e-6a1d0e1f2a3b',
  action: 'retry',
  counted: 412,
  accepted: 0,
  refused: 0,
  refusals: [],
  requestedBy: 'on-call',
  createdAt: '2026-01-15T09:30:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
  links: { self: '/bulk-operations/019aab3a-2b4f-7c62-9b4e-6a1d0e1f2a3b', job: null },
};
