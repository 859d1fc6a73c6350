import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { bulkOperation as bulkJob } from '../../../activities/jobs/bulk-operation/type.ts';
import { confirmBulk, countBulk, readBulk, type BulkOperation } from '../../../db/bulk-operations.ts';
import { enqueueJob } from '../../../db/jobs/enqueue.ts';
import { transaction } from '../../../db/pool.ts';
import { maxBulkItems, type BulkAction, type BulkFilter } from '../../../domain/bulk-operation.ts';
import { newId } from '../../../domain/new-id.ts';
import type { Caller } from '../../access/caller.ts';
import type { ApiContext } from '../../api-context.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import type { Trace } from '../../http/trace.ts';
import { bulkBody, bulkOperation, exampleBulkOperation, keptFilter, newBulkOperation } from './body.ts';

export const createBulkOperation = endpoint({
  method: 'post',
  path: '/bulk-operations',
  operationId: 'createBulkOperation',
  tag: 'Operations',
  access: 'ops',
  summary: 'Retry or cancel many at once',
  description: `Jobs, or orders that need attention. First with \`dryRun: true\`, which counts them and keeps which ones they are; then the
same with \`dryRun: false\` and the \`operationId\` of that, which has exactly those told, in the background. Whatever is no
longer what was counted is left alone and listed among the refusals: it stands otherwise by then, or has been started again, or
needs attention once more. Who asked for it is kept with each of them.`,
  body: newBulkOperation,
  bodyExample: {
    action: 'retry',
    filter: { of: 'jobs', status: 'dead', type: 'export-orders' },
    dryRun: true,
  },
  responses: {
    200: {
      description: 'Counted; nothing has been told.',
      body: bulkOperation,
      example: exampleBulkOperation,
    },
    202: {
      description: 'They are told, one after the other.',
      body: bulkOperation,
      headers: z.object({ Location: z.string().meta({ example: exampleBulkOperation.links.self }) }),
    },
  },
  problems: ['unknown-bulk-operation'],
  async handle({ body, caller, trace }, context) {
    const asked = { action: body.action, filter: keptFilter(body.filter) };
    if (body.operationId === undefined) {
      return { status: 200, body: bulkBody(await count(asked, caller, context), [], null) };
    }
    const { operation, jobId } = await confirm(body.operationId, asked, { caller, trace }, context);
    const answer = bulkBody(operation, [], jobId);
    return { status: 202, headers: { Location: answer.links.self }, body: answer };
  },
});

interface Asked {
  readonly action: BulkAction;
  readonly filter: BulkFilter;
}

async function count(asked: Asked, caller: Caller, { pool }: ApiContext): Promise<BulkOperation> {
  const id = newId();
  return transaction(pool, async (tx) => {
    const counted = await countBulk(tx, { id, ...asked, requestedBy: caller.name });
    if (counted > maxBulkItems) {
      const detail = `finds more than ${maxBulkItems}; ask for fewer at once`;
      throw invalidInput([{ pointer: '#/filter', detail }]);
    }
    return found(await readBulk(tx, id));
  });
}

async function confirm(
  id: string,
  { action, filter }: Asked,
  { caller, trace }: { readonly caller: Caller; readonly trace: Trace },
  { pool, jobs, events }: ApiContext,
): Promise<{ operation: BulkOperation; jobId: string }> {
  const confirmed = await transaction(pool, async (tx) => {
    const counted = found(await readBulk(tx, id));
    if (counted.action !== action || !isDeepStrictEqual(counted.filter, filter)) {
      throw invalidInput([{ pointer: '#/operationId', detail: 'has counted for another action or filter' }]);
    }
    await confirmBulk(tx, id, caller.name);
    const asked = { input: { operationId: id }, uniqueKey: id, requestedBy: caller.name };
    const { jobId, created } = await enqueueJob(tx, bulkJob, { ...asked, traceParent: trace.traceParent });
    return { operation: found(await readBulk(tx, id)), jobId, created };
  });
  if (confirmed.created) {
    jobs.wake();
    const { counted } = confirmed.operation;
    events.bulkConfirmed({
      operationId: id,
      action,
      counted,
      requestedBy: caller.name,
      traceId: trace.traceId,
    });
  }
  return confirmed;
}

function found(operation: BulkOperation | undefined): BulkOperation {
  if (!operation) throw new Problem('unknown-bulk-operation');
  return operation;
}
