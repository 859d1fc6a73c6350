import { describe, expect, test } from 'vitest';
import { describeFailure, maxFailureCharacters } from '../../src/domain/described-failure.ts';
import { refused } from '../../src/domain/failures.ts';

const detailOf = (thrown: unknown) => describeFailure(thrown).message;

describe('what an attempt failed with', () => {
  test('is told with its causes', () => {
    const refusedAddress = new Error('connect ECONNREFUSED 10.0.0.1:80');
    expect(detailOf(new TypeError('fetch failed', { cause: refusedAddress }))).toBe(
      'fetch failed: connect ECONNREFUSED 10.0.0.1:80',
    );
    expect(detailOf(new AggregateError([new Error('one'), new Error('two')]))).toBe('one: two');
  });

  test('is told of a cause that is its own cause as well', () => {
    const round = new Error('round');
    round.cause = round;
    expect(detailOf(round)).toBe('round: round: round: round');
  });

  test.each([
    ['a string', 'plain words', 'plain words'],
    ['an object', { code: 7 }, '{"code":7}'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['nothing', undefined, 'undefined'],
    ['a BigInt', 7n, '7'],
    ['what JSON does not take', { code: 7n }, 'an object that is no error'],
  ])('is told where %s was thrown', (_, thrown, words) => {
    expect(describeFailure(thrown)).toMatchObject({ type: 'Error', message: words });
  });

  test.each([
    ['an error', (message: string) => new Error(message)],
    ['a refusal', (message: string) => refused('OutOfStock', message)],
    ['a string', (message: string) => message],
  ])('can be kept and sent on, whatever the words of %s hold', (_, fail) => {
    expect(detailOf(fail('half an emoji \ud83d'))).toBe('half an emoji \ufffd');
    expect(detailOf(fail('a \0 within'))).toBe('a  within');
    expect(detailOf(fail('long '.repeat(1_000_000)))).toHaveLength(maxFailureCharacters);
    expect(detailOf(fail(`${'x'.repeat(maxFailureCharacters - 1)}😀`)).isWellFormed()).toBe(true);
  });

  test('hides what is personal, even where it is cut', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `ada.lovelace.${at}@shop.example`).join(' ');
    expect(detailOf(new Error(many))).not.toMatch(/lovelace/);
  });
});
