import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  noticeMessageId,
  noticeActivityId,
  oldestIdAt,
  orderIdOf,
  orderWorkflowId,
  providerKey,
  shipmentReference,
  type ProviderCall,
} from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import { noticeKinds, type NoticeKind } from '../../src/domain/notice.ts';

const year = (name: string) => oldestIdAt(new Date(`${name}-01-01T00:00:00Z`));
const orderIds = fc.uuid({ version: 7 });
const calls = fc.constantFrom<ProviderCall>('create', 'confirm', 'capture', 'cancel', 'refund');
const generations = fc.integer({ min: 1, max: 1_000 });
const kinds = fc.constantFrom(...noticeKinds);
const warehouses = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);

/** Stripe's limit on an idempotency key (docs.stripe.com/api/idempotent_requests). */
const longestKey = 255;

const messageId = (orderId: string, kind: NoticeKind) => noticeMessageId(orderId, kind, 'shop.example');

/** Two different things with the same id, or the same thing with two; null when none were found. */
function clashOf<T extends readonly unknown[]>(parts: fc.Arbitrary<T>, id: (...of: T) => string) {
  const agrees = fc.property(
    parts,
    parts,
    (a, b) => (id(...a) === id(...b)) === (JSON.stringify(a) === JSON.stringify(b)),
  );
  return fc.check(agrees).counterexample;
}

describe('the ids and keys of an order', () => {
  test('differ for every order, call and generation at a provider', () => {
    expect(clashOf(fc.tuple(orderIds, calls, generations), providerKey)).toBeNull();
    expect(clashOf(fc.tuple(fc.constant(newId()), calls, generations), providerKey)).toBeNull();
  });

  test('differ for every order and kind of notice', () => {
    expect(clashOf(fc.tuple(orderIds, kinds), noticeActivityId)).toBeNull();
    expect(clashOf(fc.tuple(orderIds, kinds), messageId)).toBeNull();
  });

  test('differ for every order and warehouse', () => {
    expect(clashOf(fc.tuple(orderIds, warehouses), shipmentReference)).toBeNull();
  });

  test('of a workflow name its order, and only then', () => {
    fc.assert(
      fc.property(orderIds, kinds, (orderId, kind) => {
        expect(orderIdOf(orderWorkflowId(orderId))).toBe(orderId);
        expect(orderIdOf(noticeActivityId(orderId, kind))).toBe(orderId);
        expect(orderIdOf(orderId)).toBeNull();
        expect(orderIdOf(`order-${orderId}0`)).toBeNull();
      }),
    );
  });

  test('are short enough for the providers', () => {
    expect(providerKey(newId(), 'confirm', 1_000).length).toBeLessThan(longestKey);
  });

  test('that are new are all different and sorted by their time', () => {
    const made = Array.from({ length: 5_000 }, () => newId());
    expect(new Set(made).size).toBe(made.length);
    expect(made.toSorted()).toEqual(made);
  });

  test('of a time sort between those made before and those made after, whatever the time', () => {
    const [before, now] = [newId(), newId()];
    expect([year('0011'), year('1969'), year('1970')]).toEqual(
      Array.from({ length: 3 }, () => '00000000-0000-7000-8000-000000000000'),
    );
    const all = [year('1971'), year('2001'), before, now, oldestIdAt(new Date(Date.now() + 1)), year('9999')];
    expect(all.toSorted()).toEqual(all);
  });
});
