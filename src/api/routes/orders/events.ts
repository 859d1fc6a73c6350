import { z } from 'zod';
import { findExtent } from '../../../db/orders/event-tail.ts';
import { orderEventTypes } from '../../../db/orders/events.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleOrderId } from '../../document/examples.ts';
import { lastEventIdHeader, readLastEventId } from '../../http/last-event-id.ts';
import { maxEventStreams, retryAfterUnavailableSeconds, streamPace } from '../../limits.ts';
import { followOrder } from '../../live/follow-order.ts';
import { orderId, time } from '../../schemas/fields.ts';
import { orderParams } from './params.ts';

const orderEvent = z
  .strictObject({
    orderId,
    number: z.int().meta({ description: 'Within the order, from 1, without a gap.' }),
    type: z.enum(orderEventTypes),
    at: time,
    durationMs: z.int().nullable().meta({ description: 'How long the step took from its intent.' }),
    data: z.record(z.string(), z.unknown()).meta({ description: 'Ids, codes and amounts.' }),
  })
  .meta({ id: 'OrderEvent', description: 'The data of each event that `GET /orders/{id}/events` streams.' });

const example = `retry: ${streamPace.reconnectMs}

id: 1
event: order.accepted
data: {"orderId":"${exampleOrderId}","number":1,"type":"order.accepted","at":"2026-01-15T09:30:00.000Z","durationMs":null,"data":{"totalMinor":9198,"currency":"EUR"}}

`;

export const streamOrderEvents = endpoint({
  method: 'get',
  path: '/orders/{id}/events',
  operationId: 'streamOrderEvents',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'Follow an order',
  description: `Server-sent events: all that has happened to the order, and then what happens, as it is committed. \`id\` is the
event's number within the order, \`event\` its type, \`data\` an \`OrderEvent\`. With \`Last-Event-ID\` the stream goes on behind
that event, without a gap or a repeat.

The stream ends with \`order.completed\`, \`order.failed\` or \`order.cancelled\`: nothing after it changes the order. What only
tells of its end, such as a mail, stands in the timeline. A client that comes back behind that event is answered with 204,
upon which an EventSource gives up. Every ${streamPace.heartbeatMs / 1_000} seconds a comment shows that the stream lives. One that ends otherwise is to
be connected again after \`retry\` milliseconds: the process was ending, the client was slower than its events, or its key
was revoked or lost its scope, which the answer to connecting again then says. A process keeps ${maxEventStreams} streams open.`,
  params: orderParams,
  unknown: 'unknown-order',
  headers: lastEventIdHeader,
  responses: {
    200: { description: 'The events, until the order has ended.', events: orderEvent, example },
    204: { description: 'The order has ended, and the client has all its events.', empty: true },
  },
  problems: ['unknown-order', 'too-many-streams'],
  async handle({ params, headers }, { pool, live }) {
    const after = readLastEventId(headers['last-event-id']);
    const extent = await findExtent(pool, params.id);
    if (!extent) throw new Problem('unknown-order');
    if (extent.endNumber !== null && after >= extent.endNumber) return { status: 204 };
    if (live.streams.isFull) {
      throw new Problem('too-many-streams', undefined, {
        headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
      });
    }
    return {
      status: 200,
      stream(stream) {
        stream.onClosed(live.streams.enter());
        followOrder(live.tail, params.id, Math.min(after, extent.lastNumber), stream);
      },
    };
  },
});
