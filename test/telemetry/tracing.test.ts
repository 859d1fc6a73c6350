import { describe, expect, it } from 'vitest';
import { continueTrace, formatTraceParent, parseTraceParent } from '../../src/telemetry/tracing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('is read as it was written', () => {
    const header = `00-${traceId}-${spanId}-01`;
    const parent = parseTraceParent(header);
    expect(parent).toEqual({ traceId, spanId, sampled: true });
    expect(parent && formatTraceParent(parent)).toBe(header);
  });

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceParent(`cc-${traceId}-${spanId}-00-what-will-be`)).toEqual({
      traceId,
      spanId,
      sampled: false,
    });
  });

  it.each([
    undefined,
    null,
    '',
    'nonsense',
    `00-${traceId}-${spanId}`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
  ])('that reads %j is as good as none', (header) => {
    expect(parseTraceParent(header)).toBeNull();
  });

  it("continues the caller's trace with a span of our own", () => {
    const own = continueTrace({ traceId, spanId, sampled: true });
    expect(own).toEqual({ traceId, spanId: expect.stringMatching(/^[0-9a-f]{16}$/), sampled: true });
    expect(own.spanId).not.toBe(spanId);
  });

  it('begins a trace where there is none', () => {
    const own = continueTrace(null);
    expect(parseTraceParent(formatTraceParent(own))).toEqual(own);
  });
});
