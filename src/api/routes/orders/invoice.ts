import { z } from 'zod';
import { findConfirmation, readOrder } from '../../../db/orders/read.ts';
import { invoiceNumber } from '../../../domain/invoice.ts';
import { attachment } from '../../../storage/disposition.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { orderParams } from './params.ts';

export const getInvoice = endpoint({
  method: 'get',
  path: '/orders/{id}/invoice',
  operationId: 'getOrderInvoice',
  tag: 'Orders',
  access: 'orders:read',
  summary: 'Fetch the invoice of an order',
  description:
    'Numbered by the order and dated by its confirmation: made of the order as it is whenever it is asked for, which the same order gives the same bytes. It stays when the order is cancelled later.',
  params: orderParams,
  unknown: 'unknown-order',
  tagged: true,
  responses: {
    200: {
      description: 'The invoice.',
      mediaType: 'application/pdf',
      headers: z.object({
        'Content-Disposition': z
          .string()
          .meta({ example: `attachment; filename="invoice.pdf"; filename*=UTF-8''invoice.pdf` }),
      }),
    },
  },
  problems: ['unknown-order', 'order-not-confirmed'],
  async handle({ params }, { pool, documents, settings }) {
    const [order, confirmedAt] = await Promise.all([
      readOrder(pool, params.id),
      findConfirmation(pool, params.id),
    ]);
    if (!order) throw new Problem('unknown-order');
    if (!confirmedAt) throw new Problem('order-not-confirmed', `The order is ${order.status}.`);
    const number = invoiceNumber(order.orderId);
    const body = await documents.writeInvoice({
      number,
      issuedAt: confirmedAt.toISOString(),
      seller: settings.seller,
      customer: { name: order.customer.name, email: order.customer.email },
      shippingAddress: order.shippingAddress,
      lines: order.items,
      total: order.total,
    });
    return { status: 200, body, headers: { 'Content-Disposition': attachment(`${number}.pdf`) } };
  },
});
