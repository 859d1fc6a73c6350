import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { bulkOperation as bulkJob } from '../../../activities/jobs/bulk-operation/type.ts';
import { confirmBulk, countBulk, readBulk, type BulkOperation } from '../../../db/bulk-operations.ts';
import { enqueueJob } from '../../../db/jobs/enqueue.ts';
import { once, type StoredAnswer } from '../../../db/idempotency.ts';
import type { Tx } from '../../../db/pool.ts';
import { maxBulkItems, type BulkAction, type BulkFilter } from '../../../domain/bulk-operation.ts';
import { newId } from '../../../domain/new-id.ts';
import type { Caller } from '../../access/caller.ts';
import type { ApiContext } from '../../api-context.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { answerOfRepeat } from '../../http/repeats.ts';
import type { Trace } from '../../http/trace.ts';
import { replayHeaders } from '../../schemas/headers.ts';
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
  repeatable: true,
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
      headers: replayHeaders,
      example: exampleBulkOperation,
    },
    202: {
      description: 'They are told, one after the other.',
      body: bulkOperation,
      headers: replayHeaders.extend({
        Location: z.string().meta({ example: exampleBulkOperation.links.self }),
      }),
    },
  },
  problems: ['unknown-bulk-operation'],
  async handle({ body, caller, repeatable, trace }, context) {
    const asked = { action: body.action, filter: keptFilter(body.filter) };
    const { operationId } = body;
    if (operationId === undefined) {
      return answerOfRepeat(await once(context.pool, repeatable, (tx) => count(tx, asked, caller)));
    }
    let confirmed: Confirmed | undefined;
    const repeated = await once(context.pool, repeatable, async (tx) => {
      confirmed = await confirm(tx, operationId, asked, { caller, trace });
      const answer = bulkBody(confirmed.operation, [], confirmed.jobId);
      return { status: 202, headers: { Location: answer.links.self }, body: answer };
    });
    if (confirmed?.created) tellConfirmed(confirmed.operation, { caller, trace }, context);
    return answerOfRepeat(repeated);
  },
});

interface Asked {
  readonly action: BulkAction;
  readonly filter: BulkFilter;
}

interface Asker {
  readonly caller: Caller;
  readonly trace: Trace;
}

async function count(tx: Tx, asked: Asked, caller: Caller): Promise<StoredAnswer> {
  const id = newId();
  const counted = await countBulk(tx, { id, ...asked, requestedBy: caller.name });
  if (counted > maxBulkItems) {
    const detail = `finds more than ${maxBulkItems}; ask for fewer at once`;
    throw invalidInput([{ pointer: '#/filter', detail }]);
  }
  return { status: 200, headers: {}, body: bulkBody(found(await readBulk(tx, id)), [], null) };
}

interface Confirmed {
  readonly operation: BulkOperation;
  /** The job that carries it out. */
  readonly jobId: string;
  /** False where it had been confirmed before. */
  readonly created: boolean;
}

async function confirm(
  tx: Tx,
  id: string,
  { action, filter }: Asked,
  { caller, trace }: Asker,
): Promise<Confirmed> {
  const counted = found(await readBulk(tx, id));
  if (counted.action !== action || !isDeepStrictEqual(counted.filter, filter)) {
    throw invalidInput([{ pointer: '#/operationId', detail: 'has counted for another action or filter' }]);
  }
  await confirmBulk(tx, id, caller.name);
  const asked = { input: { operationId: id }, uniqueKey: id, requestedBy: caller.name };
  const { jobId, created } = await enqueueJob(tx, bulkJob, { ...asked, traceParent: trace.traceParent });
  return { operation: found(await readBulk(tx, id)), jobId, created };
}

/** Has the job of an operation seen to at once. */
function tellConfirmed(
  { id, action, counted }: BulkOperation,
  { caller, trace }: Asker,
  { jobs, events }: ApiContext,
): void {
  jobs.wake();
  events.bulkConfirmed({
    operationId: id,
    action,
    counted,
    requestedBy: caller.name,
    traceId: trace.traceId,
  });
}

function found(operation: BulkOperation | undefined): BulkOperation {
  if (!operation) throw new Problem('unknown-bulk-operation');
  return operation;
}
