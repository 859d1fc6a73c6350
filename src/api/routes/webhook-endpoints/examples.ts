import { exampleOrderId } from '../../document/examples.ts';

export const exampleNewEndpoint = {
  url: 'https://shop.example/hooks/orders',
  events: ['order.confirmed', 'shipment.dispatched'],
};

export const exampleEndpoint = {
  id: '019aab1c-7d20-7a3b-8c4d-2f1e0d9c8b7a',
  ...exampleNewEndpoint,
  enabled: true,
  disabled: null,
  createdAt: '2026-01-15T09:30:00.000Z',
  updatedAt: '2026-01-15T09:30:00.000Z',
};

export const exampleSecret = 'whsec_c29tZSBzZWNyZXQsIHNob3duIG9uY2Ugb25seSE=';

export const exampleDelivery = {
  id: '019aab1c-7e31-7b4c-9d5e-3a2f1e0d9c8b',
  webhookId: `order_${exampleOrderId}_3`,
  type: 'order.confirmed',
  occurredAt: '2026-01-15T09:30:00.412Z',
  status: 'pending',
  attempts: [
    { at: '2026-01-15T09:30:00.530Z', durationMs: 118, httpStatus: 503, error: 'refused', answer: null },
  ],
  nextAttemptAt: '2026-01-15T09:30:05.700Z',
  createdAt: '2026-01-15T09:30:00.412Z',
};
