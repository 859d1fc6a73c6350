import type { z } from 'zod';
import type { OrderView } from '../../db/orders/read.ts';
import { orderWorkflowId } from '../../domain/ids.ts';
import type { ApiContext } from '../api-context.ts';
import type { order } from '../schemas/order.ts';
import { orderLinks } from './links.ts';

/** An order as it is sent. */
export function orderBody(
  view: OrderView,
  context: Pick<ApiContext, 'settings' | 'temporal'>,
): z.input<typeof order> {
  const {
    needsAttention: attention,
    cancelRequestedAt,
    items,
    shipments,
    createdAt,
    updatedAt,
    ...rest
  } = view;
  const links = orderLinks(view.orderId, context);
  return {
    ...rest,
    workflowId: orderWorkflowId(view.orderId),
    paymentAction: null,
    needsAttention: attention && { ...attention, since: attention.since.toISOString() },
    cancelRequestedAt: cancelRequestedAt?.toISOString() ?? null,
    items: [...items],
    shipments: shipments.map((shipment) => ({ ...shipment, items: [...shipment.items] })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    links: { ...links, timeline: `${links.self}/timeline` },
  };
}
