import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerJob, type JobOutcome } from '../../src/activities/jobs/job-handler.ts';
import { maxFailureCharacters } from '../../src/domain/described-failure.ts';
import type { WholeJob } from '../../src/db/jobs/read.ts';
import { startJobRig, type JobRig } from './rig.ts';
import { scripted } from './scripted.ts';
import { testType } from './types.ts';

const retry = { maxAttempts: 2, backoff: { firstMs: 10, factor: 1, maxMs: 10 } };
const regular = testType('regular', { retry });
const short = testType('short', { retry, short: true });

const { scripts, handle } = scripted();

let rig: JobRig;
beforeAll(async () => {
  rig = await startJobRig([regular, short].map((type) => registerJob(type, handle)));
});
afterAll(async () => rig.close());

describe.each([regular, short])('a $name job', (type) => {
  test.each<[string, unknown, string]>([
    ['half a surrogate pair', new Error('half an emoji \ud83d'), 'half an emoji \ufffd'],
    ['a NUL character', new Error('a \0 within'), 'a  within'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['three megabytes', new Error('x'.repeat(3_000_000)), 'x'.repeat(maxFailureCharacters)],
  ])('that throws %s is dead after its attempts, with its own words', async (label, thrown, detail) => {
    scripts.set(label, async () => {
      throw thrown;
    });
    const jobId = await rig.enqueue(type, { input: { label } });
    const job = await rig.until(jobId, 'dead', 'completed', 'failed');
    expect(job).toMatchObject({ status: 'dead', errorDetail: detail });
    expect(job.failedAttempts).toMatchObject([
      { outcome: 'failed', errorDetail: detail },
      { outcome: 'failed', errorDetail: detail },
    ]);
  });

  test.each<[string, any, RegExp]>([
    ['nothing', undefined, /the handler gave no outcome/],
    ['null', null, /the handler gave no outcome/],
    ['a list as its result', { result: [1, 2] }, /the result is no plain object/],
    ['a Map as its result', { result: new Map() }, /the result is no plain object/],
    [
      'a NUL in its result',
      { result: { text: 'a \0' } },
      /the result holds a NUL character or half a surrogate/,
    ],
    ['half a pair in its result', { result: { text: '\udc00' } }, /the result holds a NUL character or half/],
    ['a BigInt in its result', { result: { count: 1n } }, /the result cannot be written as JSON/],
  ])('that gives %s says so', async (label, outcome, words) => {
    scripts.set(label, async (): Promise<JobOutcome> => outcome);
    const jobId = await rig.enqueue(type, { input: { label } });
    const job = await rig.until(jobId, 'dead', 'completed', 'failed');
    expect(job).toMatchObject({ status: 'dead', errorDetail: expect.stringMatching(words) });
  });

  test('may have any text in its result that is text', async () => {
    const result = { text: 'a \\u0000 written out, \\ud83d too, and 😀' };
    scripts.set('any text', async () => ({ result }));
    const jobId = await rig.enqueue(type, { input: { label: 'any text' } });
    expect(await rig.until(jobId, 'dead', 'completed', 'failed')).toMatchObject({
      status: 'completed',
      result,
    });
  });
});

test('what is said about progress spoils no checkpoint', async () => {
  let said: Pick<WholeJob, 'progressPercent' | 'progressMessage'> | undefined;
  scripts.set('odd progress', async ({ jobId, progress, keep, checkpoint, attempt }) => {
    if (attempt > 1) {
      said = await rig.read(jobId);
      return { result: { checkpoint } };
    }
    progress(40, 'four of ten');
    progress(0 / 0, 'half a \ud83d and a \0');
    await keep({ done: 4 });
    throw new Error('once');
  });
  const jobId = await rig.enqueue(regular, { input: { label: 'odd progress' } });
  const job = await rig.until(jobId, 'dead', 'completed', 'failed');
  expect(job).toMatchObject({ status: 'completed', result: { checkpoint: { done: 4 } } });
  expect(said).toMatchObject({ progressPercent: 40, progressMessage: 'half a \ufffd and a ' });
});
