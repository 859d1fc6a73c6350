import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';

describe('the metrics', () => {
  it('are looked up at the moment they are asked for', async () => {
    const metrics = createMetrics();
    metrics.beforeCollect(async () => metrics.outboxDepth.set(7));
    expect(await metrics.collect()).toMatch(/^outbox_depth 7$/m);
  });

  it('are still given when one of them cannot be looked up', async () => {
    const metrics = createMetrics();
    metrics.outboxDepth.set(3);
    metrics.beforeCollect(() => Promise.reject(new Error('the database is away')));
    metrics.beforeCollect(() => {
      throw new Error('a defect');
    });
    metrics.alsoShow(() => Promise.reject(new Error('gone')));
    expect(await metrics.collect()).toMatch(/^outbox_depth 3$/m);
  });

  it('show those kept elsewhere in the same answer', async () => {
    const metrics = createMetrics();
    metrics.alsoShow(async () => '# TYPE temporal_request_total counter\ntemporal_request_total 5');
    const text = await metrics.collect();
    expect(text).toMatch(/^temporal_request_total 5\n/m);
    expect(text).toMatch(/^outbox_depth 0$/m);
    expect(text.endsWith('\n')).toBe(true);
  });
});
