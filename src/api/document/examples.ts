/** What the document shows; one order through all of it. */

export const exampleOrderId = '019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42';
const exampleWorkflowId = `order-${exampleOrderId}`;
const exampleTotal = { amountMinor: 9198, currency: 'EUR' } as const;
const exampleLinks = {
  self: `/orders/${exampleOrderId}`,
  events: `/orders/${exampleOrderId}/events`,
  workflow: `http://localhost:8233/namespaces/default/workflows/${exampleWorkflowId}`,
};
const exampleAddress = {
  name: 'Ada Lovelace',
  line1: '417 Montgomery Street',
  city: 'San Francisco',
  postalCode: '94104',
  region: 'CA',
  country: 'US',
};

export const exampleOrder = {
  customer: { email: 'ada@example.com', name: 'Ada Lovelace' },
  items: [{ sku: 'MUG-WHITE', quantity: 2 }],
  shippingAddress: exampleAddress,
  paymentMethod: 'pm_card_visa',
  metadata: { cart: 'c-1815' },
};

export const examplePlaced = {
  orderId: exampleOrderId,
  workflowId: exampleWorkflowId,
  status: 'pending',
  total: exampleTotal,
  links: exampleLinks,
} as const;

export const exampleOrderBody = {
  orderId: exampleOrderId,
  workflowId: exampleWorkflowId,
  status: 'confirmed',
  paymentStatus: 'captured',
  fulfillmentStatus: 'reserved',
  waitingOn: null,
  paymentAction: null,
  needsAttention: null,
  cancelRequestedAt: null,
  failure: null,
  customer: { id: 'cus_5f0c9d0d6b1a4e0c8a7e3f2b1d9c8a70', email: 'ada@example.com', name: 'Ada Lovelace' },
  items: [
    {
      sku: 'MUG-WHITE',
      name: 'Mug, white',
      quantity: 2,
      unitPrice: { amountMinor: 4599, currency: 'EUR' },
      lineTotal: exampleTotal,
    },
  ],
  shippingAddress: exampleAddress,
  total: exampleTotal,
  captured: exampleTotal,
  refunded: { amountMinor: 0, currency: 'EUR' },
  shipments: [
    {
      id: '019aab1c-6c10-7d5a-8a41-51f0c7a2b933',
      warehouse: 'main',
      status: 'label_bought',
      carrier: 'USPS',
      trackingCode: '9400100110368066350000',
      trackingUrl: 'https://track.easypost.com/djE6dHJrXzEyMw',
      items: [{ sku: 'MUG-WHITE', quantity: 2 }],
    },
  ],
  createdAt: '2026-01-15T09:30:00.000Z',
  updatedAt: '2026-01-15T09:30:00.412Z',
  links: { ...exampleLinks, timeline: `/orders/${exampleOrderId}/timeline` },
} as const;

export const exampleSettings = {
  type: 'daily-summary',
  cron: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  overlap: 'buffer_all',
  catchUpSeconds: 72_000,
  skipDates: ['2026-12-25'],
  input: { mailTo: 'sales@shop.example' },
} as const;

export const exampleTick = {
  tick: '2026-01-15',
  dueAt: '2026-01-15T01:00:00.000Z',
  jobId: '019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e43',
  isNew: true,
} as const;

export const exampleSchedule = {
  id: 'daily-summary',
  everySeconds: null,
  words: 'At 02:00, every day',
  ...exampleSettings,
  isBuiltIn: true,
  paused: null,
  changed: { at: '2026-01-02T08:00:00.000Z', by: 'back office' },
  nextRuns: [{ tick: '2026-01-16', dueAt: '2026-01-16T01:00:00.000Z' }],
  lastRuns: [
    {
      tick: exampleTick.tick,
      dueAt: exampleTick.dueAt,
      outcome: 'made',
      cause: 'schedule',
      requestedBy: null,
      jobId: exampleTick.jobId,
      jobStatus: 'completed',
      at: '2026-01-15T01:00:00.112Z',
    },
  ],
  leftOut: { missed: 0, overlap: 0, holiday: 1, paused: 0 },
  links: { self: '/schedules/daily-summary' },
} as const;

export const exampleProduct = {
  sku: 'MUG-WHITE',
  name: 'Mug, white',
  price: { amountMinor: 4599, currency: 'EUR' },
  weightGrams: 380,
} as const;

export const exampleInventory = {
  sku: 'MUG-WHITE',
  onHand: 120,
  reserved: 4,
  available: 116,
  warehouses: [{ warehouse: 'main', onHand: 120, reserved: 4, available: 116 }],
} as const;
