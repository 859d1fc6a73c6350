import { z } from 'zod';
import { orderFailureTypes } from '../../domain/failures.ts';
import { fulfillmentStatuses, orderStatuses, paymentStatuses, waitingReasons } from '../../domain/order.ts';
import { shipmentStatuses } from '../../domain/shipment.ts';
import { address, orderId, sku, time } from './fields.ts';
import { money } from './money.ts';

export const orderStatus = z.enum(orderStatuses).meta({ id: 'OrderStatus' });

const item = z
  .strictObject({ sku, name: z.string(), quantity: z.int(), unitPrice: money, lineTotal: money })
  .meta({ id: 'OrderItem' });

const shipment = z
  .strictObject({
    id: z.uuid(),
    warehouse: z.string(),
    status: z
      .enum(shipmentStatuses)
      .meta({ description: '`label_bought`, then the words of EasyPost’s tracker.' }),
    carrier: z.string(),
    trackingCode: z.string(),
    trackingUrl: z.string().nullable(),
    items: z.array(z.strictObject({ sku, quantity: z.int() })),
  })
  .meta({ id: 'Shipment', description: 'A parcel whose label has been bought.' });

export const workflowLink = z.url().meta({
  description: 'Opens the run in the Temporal Web UI.',
  example: 'http://localhost:8233/namespaces/default/workflows/order-019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42',
});

/** Where to go on from an order. */
export const orderLinks = z.strictObject({
  self: z.string(),
  events: z.string().meta({ description: 'What happens to the order, as it happens.' }),
  workflow: workflowLink,
});

export const workflowId = z.string().meta({ example: 'order-019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42' });

/** The body of `GET /orders/{id}`, and of every answer that gives the order. */
export const order = z
  .strictObject({
    orderId,
    workflowId,
    status: orderStatus,
    paymentStatus: z.enum(paymentStatuses),
    fulfillmentStatus: z.enum(fulfillmentStatuses),
    waitingOn: z.enum(waitingReasons).nullable(),
    paymentAction: z
      .strictObject({ url: z.url() })
      .nullable()
      .meta({ description: 'Where the customer confirms the payment; null while there is nothing to do.' }),
    needsAttention: z
      .strictObject({ step: z.string(), reason: z.string(), since: time })
      .nullable()
      .meta({ description: 'The step that an operator has to decide about (`POST /orders/{id}/resolve`).' }),
    cancelRequestedAt: time.nullable(),
    failure: z.strictObject({ type: z.enum(orderFailureTypes), detail: z.string() }).nullable(),
    customer: z.strictObject({
      id: z.string().meta({ description: 'The shop’s own, else an opaque one made from the address.' }),
      email: z.string(),
      name: z.string(),
    }),
    items: z.array(item),
    shippingAddress: address,
    total: money,
    captured: money,
    refunded: money,
    shipments: z.array(shipment),
    createdAt: time,
    updatedAt: time,
    links: orderLinks.extend({ timeline: z.string() }),
  })
  .meta({ id: 'Order' });
