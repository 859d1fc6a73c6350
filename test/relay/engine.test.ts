import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchEngine, type EngineParts } from '../../src/relay/engine.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const away = async () => Promise.reject(new Error('away'));

function watch() {
  const prepare = vi.fn<() => Promise<string | null>>(async () => '1.32.0');
  const probe = vi.fn<() => Promise<void>>(async () => undefined);
  const onUp = vi.fn<() => void>();
  const events = {
    temporalLost: vi.fn<EngineParts['events']['temporalLost']>(),
    temporalReached: vi.fn<EngineParts['events']['temporalReached']>(),
  };
  const engine = watchEngine({ server: 'temporal.internal:7233', events, prepare, probe, onUp });
  return { engine, prepare, probe, onUp, events };
}

async function watchOneThatIsUp() {
  const watched = watch();
  watched.engine.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(watched.engine.up).toBe(true);
  return watched;
}

describe('the watch over Temporal', () => {
  it('is down until Temporal has been made ready', async () => {
    const { engine, onUp, events } = watch();
    engine.start();
    expect(engine.up).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(engine.up).toBe(true);
    expect(onUp).toHaveBeenCalledTimes(1);
    expect(events.temporalReached).toHaveBeenCalledWith({
      server: 'temporal.internal:7233',
      version: '1.32.0',
      downMs: null,
    });
  });

  it('asks once, however many deliveries have failed', async () => {
    const { engine, probe } = await watchOneThatIsUp();
    const answers = await Promise.all(Array.from({ length: 100 }, () => engine.isStillUp()));
    expect(answers).toEqual(answers.map(() => true));
    expect(probe).toHaveBeenCalledTimes(1);
    expect(engine.up).toBe(true);
  });

  it('asks a server that is down at least every two seconds and no more often than that for long', async () => {
    const { engine, prepare, probe } = await watchOneThatIsUp();
    prepare.mockClear().mockImplementation(away);
    probe.mockImplementation(away);
    expect(await engine.isStillUp()).toBe(false);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(prepare.mock.calls.length).toBeGreaterThan(60);
    expect(prepare.mock.calls.length).toBeLessThan(130);
    expect(await engine.isStillUp()).toBe(false);
    expect(probe).toHaveBeenCalledTimes(1);
  });

  it('says once that Temporal is lost, and for how long it was when it is back', async () => {
    const { engine, prepare, probe, onUp, events } = await watchOneThatIsUp();
    prepare.mockImplementation(away);
    probe.mockImplementation(away);
    await engine.isStillUp();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(events.temporalLost).toHaveBeenCalledTimes(1);
    prepare.mockImplementation(async () => '1.32.0');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(engine.up).toBe(true);
    expect(onUp).toHaveBeenCalledTimes(2);
    const back = events.temporalReached.mock.lastCall?.[0];
    expect(back?.downMs).toBeGreaterThanOrEqual(30_000);
  });

  it('looks no more once it is stopped', async () => {
    const { engine, prepare } = watch();
    prepare.mockImplementation(away);
    engine.start();
    await vi.advanceTimersByTimeAsync(10_000);
    engine.stop();
    const calls = prepare.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(prepare).toHaveBeenCalledTimes(calls);
  });
});
