import { expect, test } from 'vitest';
import { waitSecondsOf } from '../../src/api/http/prefer.ts';

test.each([
  ['wait=10', 10],
  ['WAIT=10', 10],
  ['  wait = "7"  ', 7],
  ['respond-async, wait=5', 5],
  ['return=minimal; foo="a, wait=9; b" , wait=3', 3],
  ['wait=3; note="x"', 3],
  ['wait=2, wait=8', 2],
  ['wait=0', 0],
  ['wait=31', 30],
  ['wait=99999999999999999999999', 30],
])('reads %j as %d seconds', (header, seconds) => {
  expect(waitSecondsOf(header)).toBe(seconds);
});

test.each([
  undefined,
  '',
  ',;,=',
  'wait',
  'wait=',
  'wait=""',
  'wait=-1',
  'wait=1.5',
  'wait=1e1',
  'wait="5',
  'wait=five',
  'waiting=5',
  'x="wait=5, wait=6',
  'x; wait=5',
  'é\0\\',
])('takes no notice of %j', (header) => {
  expect(waitSecondsOf(header)).toBe(0);
});

test('reads the longest header that there can be at once', () => {
  for (const part of ['a;', ' ;', '" ', '\\"', ', ', 'wait', '=']) {
    const startedMs = performance.now();
    waitSecondsOf(part.repeat(8_000));
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  }
});
