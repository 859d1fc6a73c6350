import { expect, test } from 'vitest';
import { heardFrom, heardFromError } from '../../bench/shop/heard.ts';
import type { Reply } from '../../bench/shop/http-client.ts';

const reply = (status: number, body: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  body,
  headers,
  durationMs: 1,
});
const later = { 'retry-after': '1' };

test('an accepted order is told with its id', () => {
  expect(heardFrom(reply(202, { orderId: 'o-1' }))).toEqual({ outcome: '202', honest: true, orderId: 'o-1' });
  expect(heardFrom(reply(202, {})).honest).toBe(false);
});

test.each([
  [503, { retryable: true }, later, true],
  [503, { retryable: true }, {}, false],
  [503, 'upstream is gone', later, false],
  [409, { retryable: true }, later, true],
  [409, { retryable: false }, later, false],
  [500, { retryable: false }, {}, true],
  [404, {}, {}, false],
  [422, {}, {}, false],
])('whether a refusal with %i and %j is honest', (status, body, headers, honest) => {
  expect(heardFrom(reply(status, body, headers))).toEqual({ outcome: String(status), honest, orderId: null });
});

test('a connection that fails claims nothing', () => {
  const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  expect(heardFromError(error)).toEqual({ outcome: 'ECONNRESET', honest: true, orderId: null });
});
