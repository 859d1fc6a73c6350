import { expect, it, vi } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { forwardTemporalLogs } from '../../src/telemetry/temporal-logs.ts';
import { keepLines } from './lines.ts';

it("gives the SDK's lines our names for the ids, and leaves failed attempts to the events", () => {
  const { lines, destination } = keepLines();
  const sdk = forwardTemporalLogs(createLogger({ level: 'trace', format: 'json' }, {}, destination));
  sdk.warn('Failing workflow task', { sdkComponent: 'worker', workflowId: 'order-o-1', runId: 'r-1' });
  sdk.warn('Activity failed', {
    sdkComponent: 'worker',
    activityId: '5',
    activityType: 'capturePayment',
    error: new Error('declined ann@shop.example'),
  });
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      workflowId: 'order-o-1',
      runId: 'r-1',
      msg: 'Failing workflow task',
    }),
    expect.objectContaining({
      level: 'debug',
      activity: 'capturePayment',
      err: expect.objectContaining({ message: 'declined [email]' }),
    }),
  ]);
});

it('says now and then that calls to Temporal are tried again, and how often that was', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { lines, destination } = keepLines();
  const sdk = forwardTemporalLogs(createLogger({ level: 'trace', format: 'json' }, {}, destination));
  const retry = () =>
    sdk.warn('gRPC call failed', { sdkComponent: 'core', target: 'temporalio_client::retry' });
  for (let times = 0; times < 50; times += 1) retry();
  sdk.warn('Failing workflow task', { sdkComponent: 'core', target: 'temporalio_sdk_core::worker' });
  vi.advanceTimersByTime(10_000);
  retry();
  vi.useRealTimers();
  expect(lines).toEqual([
    expect.not.objectContaining({ heldBack: expect.anything() }),
    expect.objectContaining({ msg: 'Failing workflow task' }),
    expect.objectContaining({ msg: 'gRPC call failed', heldBack: 49 }),
  ]);
});
