import { z } from 'zod';
import { findStatus } from '../../../db/orders/read.ts';
import { readTimeline, timelineKinds } from '../../../db/orders/timeline.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleOrderId } from '../../document/examples.ts';
import { orderId, time } from '../../schemas/fields.ts';
import { orderParams } from './params.ts';

const entry = z
  .strictObject({
    at: time,
    kind: z.enum(timelineKinds),
    name: z.string().meta({ description: 'The event, activity, step, mail, webhook or command.' }),
    durationMs: z.int().nullable().meta({ description: 'How long it took; null where that means nothing.' }),
    number: z
      .int()
      .nullable()
      .meta({ description: 'The number of the order’s event; null for what is no event.' }),
    detail: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Ids, codes and amounts; of a command who and why.' }),
  })
  .meta({ id: 'TimelineEntry' });

export const getTimeline = endpoint({
  method: 'get',
  path: '/orders/{id}/timeline',
  operationId: 'getOrderTimeline',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'Read what happened to an order',
  description:
    'Every step, failed attempt, undo, e-mail, webhook and command in order. `status` is all that moved the order otherwise.',
  params: orderParams,
  unknown: 'unknown-order',
  responses: {
    200: {
      description: 'What happened so far, the oldest first.',
      body: z.strictObject({ orderId, entries: z.array(entry) }).meta({ id: 'Timeline' }),
      example: {
        orderId: exampleOrderId,
        entries: [
          {
            at: '2026-01-15T09:30:00.041Z',
            kind: 'step',
            name: 'stock.reserved',
            durationMs: 6,
            number: 2,
            detail: {},
          },
        ],
      },
    },
  },
  problems: ['unknown-order'],
  async handle({ params }, { pool }) {
    const [status, entries] = await Promise.all([findStatus(pool, params.id), readTimeline(pool, params.id)]);
    if (status === undefined) throw new Problem('unknown-order');
    return {
      status: 200,
      body: { orderId: params.id, entries: entries.map((one) => ({ ...one, at: one.at.toISOString() })) },
    };
  },
});
