import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progress } from '../../dev/supervisor/progress.ts';

const said: string[] = [];
const say = (line: string) => said.push(line);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  said.length = 0;
});

test('work that takes less than two seconds is not spoken of', async () => {
  const work = progress(say, 'quick', () => after(1_900, 'result'));
  await vi.advanceTimersByTimeAsync(1_900);
  expect(await work).toBe('result');
  expect(said).toEqual([]);
});

test('work that takes longer is spoken of after two seconds, again and less and less often, and at its end', async () => {
  const work = progress(say, 'long', (setDetail) => {
    setDetail('half done');
    return after(120_000, undefined);
  });
  await vi.advanceTimersByTimeAsync(120_000);
  await work;
  expect(said).toEqual([
    'long …',
    'long … 17 s, half done',
    'long … 47 s, half done',
    'long … 107 s, half done',
    'long: done in 120 s',
  ]);
});

test('work that fails ends its progress without saying that it is done', async () => {
  const work = progress(say, 'broken', async () => {
    await after(3_000, undefined);
    throw new Error('no luck');
  });
  const failed = work.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await failed).toEqual(new Error('no luck'));
  expect(said).toEqual(['broken …']);
});

function after<Value>(ms: number, value: Value): Promise<Value> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
