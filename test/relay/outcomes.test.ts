import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failures.ts';
import type { Engine } from '../../src/relay/engine.ts';
import { createOutcomes } from '../../src/relay/outcomes.ts';
import { takeInHand } from '../../src/relay/work.ts';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { grpcCode } from '../../src/temporal/grpc.ts';
import { keepLines } from '../telemetry/lines.ts';
import { relayConfig, startMessage } from './shop.ts';

function grpcError(code: number): Error {
  return Object.assign(new Error('the server says no'), { code, details: 'no', metadata: {} });
}

/** What became of an entry that failed so often before and now failed with `error`. */
async function afterFailing(error: unknown, temporal: 'up' | 'down', failuresBefore = 0) {
  const { lines, destination } = keepLines();
  const logger = createLogger({ level: 'trace', format: 'json' }, {}, destination);
  const written: Record<string, unknown>[] = [];
  const up = temporal === 'up';
  const engine: Engine = { up, start: () => undefined, stop: () => undefined, isStillUp: async () => up };
  const outcomes = createOutcomes({
    config: relayConfig,
    events: createEvents(logger, createMetrics()),
    engine,
    settler: {
      delivered: (...ids) => written.push({ delivered: ids }),
      giveBack: (...ids) => written.push({ giveBack: ids }),
      putOff: (failure) => written.push({ ...failure }),
      settled: async () => undefined,
    },
  });
  const entry = { id: 7, orderId: 'o-1', attempts: failuresBefore, ageMs: 0, ...startMessage() };
  await outcomes.failed(takeInHand(entry, 'poll'), error);
  return { written, events: lines.map(({ event }) => event) };
}

describe('a delivery that fails', () => {
  it.each(['unavailable', 'deadlineExceeded', 'resourceExhausted', 'unauthenticated'] as const)(
    'with %s counts against nobody while Temporal is down',
    async (code) => {
      const { written, events } = await afterFailing(grpcError(grpcCode[code]), 'down', 50);
      expect(written).toEqual([{ giveBack: [7] }]);
      expect(events).toEqual([]);
    },
  );

  it('with a time-out counts against the entry when Temporal answers others', async () => {
    const { written, events } = await afterFailing(grpcError(grpcCode.deadlineExceeded), 'up');
    expect(written).toEqual([
      expect.objectContaining({ id: 7, attempts: 1, error: 'grpc.deadlineExceeded: no' }),
    ]);
    expect(events).toEqual(['outboxPutOff']);
  });

  it('raises an alert when it has failed often', async () => {
    const often = relayConfig.alertAfterAttempts - 1;
    const { written, events } = await afterFailing(grpcError(grpcCode.deadlineExceeded), 'up', often);
    expect(written).toEqual([expect.objectContaining({ attempts: relayConfig.alertAfterAttempts })]);
    expect(events).toEqual(['outboxPoisoned']);
  });

  it.each([
    ['an argument that the server refuses', grpcError(grpcCode.invalidArgument)],
    ['a defect of ours', new TypeError('undefined is not a function')],
  ])('because of %s raises an alert at once', async (_, error) => {
    const { written, events } = await afterFailing(error, 'up');
    expect(written).toEqual([expect.objectContaining({ attempts: relayConfig.alertAfterAttempts })]);
    expect(events).toEqual(['outboxPoisoned']);
  });

  it('because the database was away counts against nobody', async () => {
    const { written } = await afterFailing(new Failure('DatabaseUnavailable', 'gone'), 'up');
    expect(written).toEqual([{ giveBack: [7] }]);
  });
});
