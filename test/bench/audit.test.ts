import { expect, test } from 'vitest';
import type { AuditedOrder } from '../../bench/shop/audited-order.ts';
import { auditCharges } from '../../bench/shop/audit-charges.ts';
import { auditLabels } from '../../bench/shop/audit-labels.ts';
import { auditMails } from '../../bench/shop/audit-mails.ts';
import type { Effect } from '../../sandbox/shared/effects.ts';
import type { Message } from '../../sandbox/mail/store.ts';
import type { OrderBalance } from '../../sandbox/stripe/balances.ts';
import type { OrderLabels } from '../../sandbox/easypost/summary.ts';

const completed: AuditedOrder = {
  id: 'order-1',
  status: 'completed',
  totalMinor: 1_000,
  capturedMinor: 1_000,
  refundedMinor: 0,
  intentId: 'pi_1',
  trackingCode: 'TRACK1',
  labelRefund: null,
  noticesDue: ['confirmed', 'shipped'],
};
const cancelled: AuditedOrder = {
  ...completed,
  status: 'cancelled',
  refundedMinor: 1_000,
  labelRefund: 'submitted',
  noticesDue: ['cancelled'],
};
const balance: OrderBalance = {
  orderId: 'order-1',
  paymentIntentIds: ['pi_1'],
  heldMinor: 0,
  capturedMinor: 1_000,
  refundedMinor: 0,
  charges: 1,
};
const captured: Effect = {
  at: '2026-01-01T00:00:00Z',
  kind: 'payment_intent.captured',
  id: 'pi_1',
  orderId: 'order-1',
  key: null,
};
const labels: OrderLabels = {
  orderId: 'order-1',
  shipments: 1,
  labelsBought: 1,
  labelsRefunded: 0,
  trackingCodes: ['TRACK1'],
};
const mail = (kind: string, change: Partial<Message> = {}): Message => ({
  number: 1,
  receivedAt: '2026-01-01T00:00:10Z',
  messageId: `<${kind}.order-1@shop.example>`,
  from: '',
  to: [],
  subject: '',
  orderId: 'order-1',
  size: 1,
  acknowledged: true,
  reception: 1,
  ...change,
});

test('books that agree have no problem', () => {
  expect(auditCharges([completed], [balance], [captured])).toEqual([]);
  expect(auditCharges([cancelled], [{ ...balance, refundedMinor: 1_000 }], [captured])).toEqual([]);
  expect(auditLabels([completed], [labels])).toEqual([]);
  expect(auditLabels([cancelled], [{ ...labels, labelsRefunded: 1 }])).toEqual([]);
  expect(auditMails([completed], [mail('shipped'), mail('confirmed')], [])).toEqual([]);
});

test.each([
  ['is charged twice', completed, { charges: 2 }, /is charged 2 times/],
  ['is charged too much', completed, { capturedMinor: 2_000 }, /owes 1000 and was charged 2000 - 0/],
  ['is completed and not charged', completed, { capturedMinor: 0, charges: 0 }, /owes 1000/],
  ['is cancelled and still charged', cancelled, {}, /owes 0 and was charged 1000 - 0/],
  ['has ended and money is held', completed, { heldMinor: 5 }, /5 are still held/],
  ['was charged by another intent', completed, { paymentIntentIds: ['pi_2'] }, /does not know/],
  ['is none of ours', completed, { orderId: 'order-2' }, /a charge without an order \(order-2\)/],
  ['is for no order', completed, { orderId: null }, /a charge without an order/],
])('a charge that %s is found', (_, order, change, problem) => {
  expect(auditCharges([order], [{ ...balance, ...change }], [captured]).join('\n')).toMatch(problem);
});

test('an effect that happened twice is found although the sums agree', () => {
  expect(auditCharges([completed], [balance], [captured, { ...captured, id: 'pi_2' }])).toEqual([
    'payment_intent.captured of order order-1 happened 2 times',
  ]);
});

test.each([
  ['is bought twice', completed, { labelsBought: 2, labelsRefunded: 1 }, /has 2 labels/],
  ['is missing', completed, { labelsBought: 0 }, /delivered without a label/],
  ['has another tracking code', completed, { trackingCodes: ['OTHER'] }, /another tracking code/],
  ['outlives its order', cancelled, {}, /still has a label/],
  ['is none of ours', completed, { orderId: 'order-2' }, /a label without an order \(order-2\)/],
])('a label that %s is found', (_, order, change, problem) => {
  expect(auditLabels([order], [{ ...labels, ...change }]).join('\n')).toMatch(problem);
});

test('a mail that is missing, unasked for or sent again for nothing is found', () => {
  expect(auditMails([completed], [mail('shipped')], [])).toEqual([
    'completed order order-1 never got its mail "confirmed"',
  ]);
  const both = [mail('shipped'), mail('confirmed')];
  expect(auditMails([completed], [...both, mail('failed')], [])).toEqual([
    'an unasked-for mail: order-1 failed',
  ]);
  expect(auditMails([completed], [...both, mail('confirmed')], [])).toEqual([
    'completed order order-1 got its mail "confirmed" 2 times',
  ]);
});

const killedAt = (ms: number) => [{ fromMs: ms, toMs: ms }];

test('a mail may be sent again where its reply was lost, on the way or with the worker that waited for it', () => {
  const both = [mail('shipped'), mail('confirmed')];
  const unheard = mail('confirmed', { acknowledged: false });
  expect(auditMails([completed], [...both, unheard], [])).toEqual([]);
  const receivedMs = Date.parse(unheard.receivedAt);
  const heard = mail('confirmed');
  expect(auditMails([completed], [...both, heard], killedAt(receivedMs + 1_000))).toEqual([]);
  expect(auditMails([completed], [...both, heard], killedAt(receivedMs + 60_000))).toHaveLength(1);
  expect(auditMails([completed], [...both, heard], killedAt(receivedMs - 1_000))).toHaveLength(1);
});

test('a worker that could not write down one mail explains no other', () => {
  const twice = [mail('shipped'), mail('confirmed'), mail('confirmed')];
  const receivedMs = Date.parse('2026-01-01T00:00:10Z');
  const lost = (kind: string) => [
    { fromMs: receivedMs - 1, toMs: receivedMs + 1, workflowId: `notice-order-1-${kind}` },
  ];
  expect(auditMails([completed], twice, lost('confirmed'))).toEqual([]);
  expect(auditMails([completed], twice, lost('shipped'))).toHaveLength(1);
});
