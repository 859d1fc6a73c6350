import { expect, test } from 'vitest';
import { traceOf } from '../../src/api/http/trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

test.each([
  ['of today’s version', `00-${traceId}-${spanId}-01`],
  ['of a later version that says more', `cc-${traceId}-${spanId}-01-what-comes-then`],
])('carries on a trace %s, under a span of its own', (_what, header) => {
  const trace = traceOf(header);
  expect(trace.traceId).toBe(traceId);
  expect(trace.traceParent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  expect(trace.traceParent).not.toContain(spanId);
});

test.each([
  ['nothing', undefined],
  ['text', 'nonsense'],
  ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['the version that is forbidden', `ff-${traceId}-${spanId}-01`],
])('begins a trace where the header holds %s', (_what, header) => {
  const trace = traceOf(header);
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(traceId);
  expect(trace.traceParent.startsWith(`00-${trace.traceId}-`)).toBe(true);
});
