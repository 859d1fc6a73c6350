import { z } from 'zod';
import { bulkOperation as bulkJob } from '../../../activities/jobs/bulk-operation/type.ts';
import { listRefused, readBulk } from '../../../db/bulk-operations.ts';
import { findByUniqueKey } from '../../../db/jobs/read.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { maxRefusalsShown } from '../../limits.ts';
import { bulkBody, bulkOperation, exampleBulkOperation, operationId } from './body.ts';

export const getBulkOperation = endpoint({
  method: 'get',
  path: '/bulk-operations/{id}',
  operationId: 'getBulkOperation',
  tag: 'Operations',
  access: 'ops',
  summary: 'Read how far a bulk operation is',
  params: z.object({ id: operationId }),
  unknown: 'unknown-bulk-operation',
  tagged: true,
  responses: {
    200: { description: 'As it is now.', body: bulkOperation, example: exampleBulkOperation },
  },
  problems: ['unknown-bulk-operation'],
  async handle({ params: { id } }, { pool }) {
    const operation = await readBulk(pool, id);
    if (!operation) throw new Problem('unknown-bulk-operation');
    const refusals = operation.refused === 0 ? [] : await listRefused(pool, id, maxRefusalsShown);
    const jobId = operation.confirmedAt && ((await findByUniqueKey(pool, bulkJob.name, id)) ?? null);
    return { status: 200, body: bulkBody(operation, refusals, jobId) };
  },
});
