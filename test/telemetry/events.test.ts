import { describe, expect, it } from 'vitest';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { keepLines } from './lines.ts';

function story() {
  const { lines, destination } = keepLines();
  const metrics = createMetrics();
  const logger = createLogger({ level: 'trace', format: 'json' }, { service: 'worker' }, destination);
  return { events: createEvents(logger, metrics), lines, metrics };
}

const attempt = {
  orderId: 'o-1',
  workflowId: 'order-o-1',
  runId: 'run-1',
  activity: 'capturePayment',
  attempt: 3,
  local: false,
  enqueuedAt: new Date('2026-11-22T12:00:00.000Z'),
  startedAt: new Date('2026-11-22T12:00:00.040Z'),
  durationMs: 120,
};

describe('an event', () => {
  it('of an attempt says of which order, run and attempt it is, when it was queued and begun, and why it failed', () => {
    const { events, lines } = story();
    events.attemptFailed({ ...attempt, failureType: 'ProviderUnavailable', failureMessage: 'no answer' });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        event: 'attemptFailed',
        orderId: 'o-1',
        workflowId: 'order-o-1',
        runId: 'run-1',
        activity: 'capturePayment',
        attempt: 3,
        enqueuedAt: '2026-11-22T12:00:00.000Z',
        startedAt: '2026-11-22T12:00:00.040Z',
        durationMs: 120,
        failureType: 'ProviderUnavailable',
        failureMessage: 'no answer',
      }),
    ]);
  });

  it.each([
    ['PaymentDeclined', 'info', 'refused'],
    ['ProviderUnavailable', 'warn', 'failed'],
    ['Misconfigured', 'error', 'failed'],
    ['TypeError', 'error', 'failed'],
  ])('of a failure of type %s is logged as %s and counted as %s', async (failureType, level, outcome) => {
    const { events, lines, metrics } = story();
    events.attemptFailed({ ...attempt, failureType, failureMessage: '' });
    expect(lines).toEqual([expect.objectContaining({ level, failureType })]);
    const text = await metrics.collect();
    expect(text).toContain(
      `activity_failures_total{activity="capturePayment",failure_type="${failureType}"} 1`,
    );
    expect(text).toContain(
      `activity_attempt_duration_seconds_count{activity="capturePayment",outcome="${outcome}"} 1`,
    );
  });

  it('of an order names its workflow, and the trace that asked for it', () => {
    const { events, lines } = story();
    events.orderAccepted({
      orderId: 'o-1',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      totalMinor: 4599,
      currency: 'EUR',
      pieces: 3,
      durationMs: 4,
    });
    events.orderEnded({ orderId: 'o-1', status: 'failed', failureType: 'OutOfStock', durationMs: 800 });
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'orderAccepted',
        workflowId: 'order-o-1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      }),
      expect.objectContaining({ event: 'orderEnded', workflowId: 'order-o-1', failureType: 'OutOfStock' }),
    ]);
  });

  it('is counted where it is logged, durations in seconds', async () => {
    const { events, metrics } = story();
    events.orderEnded({ orderId: 'o-1', status: 'completed', failureType: null, durationMs: 1_500 });
    events.stepLanded({ ...attempt, step: 'capture_payment' });
    events.needsAttention({ orderId: 'o-1', step: 'capture_payment', reason: 'ProviderUnavailable' });
    events.noticeSent({ orderId: 'o-1', notice: 'confirmed' });
    const text = await metrics.collect();
    expect(text).toContain('order_duration_seconds_sum{status="completed",failure_type=""} 1.5');
    expect(text).toContain('order_steps_total{step="capture_payment",outcome="landed"} 1');
    expect(text).toContain('orders_attention_total{step="capture_payment"} 1');
    expect(text).toContain('notices_total{kind="confirmed",outcome="sent"} 1');
  });
});
