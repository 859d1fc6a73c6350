import { afterEach, describe, expect, it } from 'vitest';
import { spawnNode, type Spawned } from '../worker/spawned.ts';

let process: Spawned | undefined;

afterEach(() => {
  process?.kill('SIGKILL');
});

/** Starts a process that takes `stopMs` to stop, and waits until it runs. */
async function start(variables: Readonly<Record<string, string>>): Promise<Spawned> {
  const begun = spawnNode('test/process/slow-to-stop.ts', variables);
  process = begun;
  await expect.poll(() => eventsOf(begun), { timeout: 20_000 }).toContain('running');
  return begun;
}

const eventsOf = ({ lines }: Spawned) => lines.map(({ event }) => event);

describe('a process that is told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s stops in order and exits with 0', async (signal) => {
    const running = await start({ STOP_MS: '50', GRACE_MS: '5000' });
    running.kill(signal);
    expect(await running.ended).toBe(0);
    expect(eventsOf(running)).toEqual(['running', 'stopping', 'closed', 'stopped']);
  });

  it('twice ends at once', async () => {
    const running = await start({ STOP_MS: '60000', GRACE_MS: '60000' });
    running.kill('SIGTERM');
    await expect.poll(() => eventsOf(running)).toContain('stopping');
    running.kill('SIGINT');
    expect(await running.ended).toBe(1);
    expect(eventsOf(running)).toContain('stopForced');
  });

  it('and does not manage ends anyway', async () => {
    const running = await start({ STOP_MS: '60000', GRACE_MS: '0', CLOSING_MS: '100' });
    running.kill('SIGTERM');
    expect(await running.ended).toBe(1);
    expect(eventsOf(running)).toContain('stopTimedOut');
  });

  it('and fails to stop exits with 1', async () => {
    const running = await start({ STOP_MS: 'never', GRACE_MS: '5000' });
    running.kill('SIGTERM');
    expect(await running.ended).toBe(1);
    expect(eventsOf(running)).toContain('stopFailed');
  });

  it.each(['throw', 'reject'])(
    'by a failure that nobody caught (%s) says so, stops, and exits with 1',
    async (how) => {
      const running = await start({ STOP_MS: '0', GRACE_MS: '5000', DEFECT: how });
      expect(await running.ended).toBe(1);
      expect(running.lines).toContainEqual(
        expect.objectContaining({
          level: 'fatal',
          event: 'defect',
          err: expect.objectContaining({ message: 'a defect' }),
        }),
      );
      expect(eventsOf(running)).toContain('closed');
    },
  );
});
