import { z } from 'zod';
import { findStatus } from '../../../db/orders/read.ts';
import { orderWorkflowId } from '../../../domain/ids.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { examplePlaced } from '../../document/examples.ts';
import { retryAfterInFlightSeconds } from '../../limits.ts';
import { workflowUrl } from '../../bodies/links.ts';
import { viewRun } from '../../bodies/run-view.ts';
import { workflowId, workflowLink } from '../../schemas/order.ts';
import { orderParams } from './params.ts';

const run = z
  .strictObject({
    workflowId,
    runId: z.string(),
    executionStatus: z.string().meta({ description: 'In Temporal’s words.', example: 'RUNNING' }),
    currentDetails: z
      .string()
      .nullable()
      .meta({ description: 'The checklist of the steps, in Markdown; null when no worker answers.' }),
    pendingActivities: z.array(
      z.strictObject({ type: z.string(), attempt: z.int(), lastFailure: z.string().nullable() }),
    ),
    historyLength: z.int(),
    webUi: workflowLink,
  })
  .meta({ id: 'WorkflowRun' });

export const getWorkflow = endpoint({
  method: 'get',
  path: '/orders/{id}/workflow',
  operationId: 'getOrderWorkflow',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'See the run of an order as Temporal sees it',
  params: orderParams,
  unknown: 'unknown-order',
  responses: {
    200: {
      description: 'The run.',
      body: run,
      example: {
        workflowId: examplePlaced.workflowId,
        runId: '7a6a6a7e-0c57-4f7e-9a0e-0f6f0b0f8b3c',
        executionStatus: 'RUNNING',
        currentDetails: '- ✅ Reserve stock',
        pendingActivities: [{ type: 'authorizePayment', attempt: 3, lastFailure: 'ProviderUnavailable' }],
        historyLength: 12,
        webUi: examplePlaced.links.workflow,
      },
    },
  },
  problems: ['unknown-order', 'run-not-started', 'run-forgotten', 'temporal-unavailable'],
  async handle({ params }, context) {
    const status = await findStatus(context.pool, params.id);
    if (status === undefined) throw new Problem('unknown-order');
    const id = orderWorkflowId(params.id);
    const view = await viewRun(context.temporal, id);
    if (view) return { status: 200, body: { workflowId: id, ...view, webUi: workflowUrl(id, context) } };
    if (status !== 'pending') throw new Problem('run-forgotten');
    throw new Problem('run-not-started', undefined, {
      headers: { 'Retry-After': String(retryAfterInFlightSeconds) },
    });
  },
});
