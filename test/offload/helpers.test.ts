import { execFileSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createHelpers, type Helpers, type HelpersConfig } from '../../src/offload/helpers.ts';
import type { TestMethods } from './fixtures/helper.ts';

let helpers: Helpers<TestMethods> | undefined;
afterEach(() => helpers?.close());

function open(changes: Partial<HelpersConfig> = {}) {
  helpers = createHelpers<TestMethods>({
    module: new URL('./fixtures/helper.ts', import.meta.url),
    atMost: 2,
    maxHeapMb: 64,
    startTimeoutMs: 20_000,
    answerTimeoutMs: 20_000,
    idleMs: 60_000,
    ...changes,
  });
  return helpers;
}

const pidOf = (all: Helpers<TestMethods>) => all.use((ask) => ask('pid', null));

/** A helper that says nothing, and so is never ready. */
const mute = new URL('./fixtures/mute.ts', import.meta.url);

/** Processes that are about to be such a helper. */
function mutes(): string[] {
  const list = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes('fixtures/mute.ts'));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('helper processes', () => {
  it('answer questions, in another process, with what can be cloned', async () => {
    const all = open();
    await expect(all.use((ask) => ask('double', 21))).resolves.toBe(42);
    const reversed = await all.use((ask) => ask('bytes', new Uint8Array([1, 2, 3])));
    expect([...reversed]).toEqual([3, 2, 1]);
    expect(await pidOf(all)).not.toBe(process.pid);
  });

  it('are kept for the next one, and keep what they know for as long as they are lent', async () => {
    const all = open();
    expect(await pidOf(all)).toBe(await pidOf(all));
    const counts = await all.use(async (ask) => [await ask('keep', 1), await ask('keep', 2)]);
    expect(counts).toEqual([1, 2]);
  });

  it('know nothing of our environment', async () => {
    process.env['A_SECRET_OF_OURS'] = 'x';
    const names = await open().use((ask) => ask('environment', null));
    expect(names).not.toContain('A_SECRET_OF_OURS');
    expect(names).not.toContain('DATABASE_URL');
  });

  it('pass on what their methods throw, failures with their type', async () => {
    const all = open();
    await expect(all.use((ask) => ask('refuse', null))).rejects.toMatchObject({
      name: 'Failure',
      type: 'MailRefused',
      message: 'no',
      facts: { code: 7 },
    });
    await expect(all.use((ask) => ask('fail', null))).rejects.toThrow('a defect');
    await expect(all.use((ask) => ask('double', 1))).resolves.toBe(2);
  });

  it('fail alone when they die, of whatever', async () => {
    const all = open();
    await expect(all.use((ask) => ask('die', null))).rejects.toThrow('ended (3)');
    await expect(all.use((ask) => ask('devour', null))).rejects.toThrow(/ended \(SIG/);
    await expect(all.use((ask) => ask('double', 1))).resolves.toBe(2);
  });

  it('leave our event loop alone while they work', async () => {
    const all = open();
    await pidOf(all);
    let turns = 0;
    const spun = all.use((ask) => ask('spin', 1_000));
    const over = spun.then(() => true);
    while (!(await Promise.race([over, after(5, false)]))) turns += 1;
    expect(turns).toBeGreaterThan(20);
    await expect(spun).resolves.toBe('done');
  });

  it('are killed in the midst of it when the work is called off', async () => {
    const all = open();
    const pid = await pidOf(all);
    const stop = new AbortController();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const spun = all.use(async (ask) => {
      begin();
      return ask('spin', 60_000);
    }, stop.signal);
    await begun;
    stop.abort(new Error('called off'));
    await expect(spun).rejects.toThrow('called off');
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect(all.use((ask) => ask('double', 1), stop.signal)).rejects.toThrow('called off');
  });

  it('are killed when an answer takes too long', async () => {
    const all = open({ answerTimeoutMs: 300 });
    await expect(all.use((ask) => ask('spin', 60_000))).rejects.toThrow('more than 300 ms for spin');
    await expect(all.use((ask) => ask('double', 1))).resolves.toBe(2);
  });

  it('are no more than may be at once, and who waits can leave', async () => {
    const all = open({ atMost: 1 });
    const order: string[] = [];
    const first = all.use(async (ask) => {
      await ask('spin', 300);
      order.push('first');
    });
    const second = all.use(async (ask) => {
      await ask('double', 1);
      order.push('second');
    });
    const stop = new AbortController();
    const third = all.use((ask) => ask('double', 1), stop.signal);
    stop.abort(new Error('tired of waiting'));
    await expect(third).rejects.toThrow('tired of waiting');
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('end when they have had nothing to do for long, and when they are closed', async () => {
    const all = open({ idleMs: 100 });
    const pid = await pidOf(all);
    await expect.poll(() => isAlive(pid)).toBe(false);
    const next = await pidOf(all);
    expect(next).not.toBe(pid);
    await all.close();
    expect(isAlive(next)).toBe(false);
    await expect(pidOf(all)).rejects.toThrow('closed');
  });
});

describe('a helper that does not get ready', () => {
  it('is killed after a while, and takes no turn from whoever comes next', async () => {
    const all = open({ module: mute, atMost: 1, startTimeoutMs: 500 });
    const asked = await Promise.allSettled([pidOf(all), pidOf(all)]);
    const late = { status: 'rejected', reason: new Error('a helper took more than 500 ms for its start') };
    expect(asked).toEqual([late, late]);
    await expect.poll(mutes).toEqual([]);
  });

  it('is killed when the work is called off, which is known at once', async () => {
    const all = open({ module: mute });
    const stop = new AbortController();
    const asked = all.use((ask) => ask('pid', null), stop.signal);
    await expect.poll(mutes).toHaveLength(1);
    stop.abort(new Error('called off'));
    await expect(asked).rejects.toThrow('called off');
    await expect.poll(mutes).toEqual([]);
  });

  it('is killed when all are closed', async () => {
    const all = open({ module: mute });
    const asked = Promise.allSettled([pidOf(all)]);
    await expect.poll(mutes).toHaveLength(1);
    await all.close();
    expect(mutes()).toEqual([]);
    await expect(asked).resolves.toMatchObject([{ reason: { message: 'a helper process ended (SIGKILL)' } }]);
  });
});
