import { expect, test } from 'vitest';
import { withNumbers } from '../../bench/number-options.ts';
import { withBlock } from '../../bench/report/document.ts';
import { plain, rangeOf, ratios, shown } from '../../bench/report/range.ts';
import { toMarkdown, toText } from '../../bench/report/table.ts';

const table = {
  columns: ['', 'p50'],
  rows: [
    ['one', '1.0 ms'],
    ['a | b', '12.0 ms'],
  ],
};

test('a table is aligned on a terminal and escaped in a document', () => {
  expect(toText(table)).toBe('           p50\none     1.0 ms\na | b  12.0 ms');
  expect(toMarkdown(table)).toBe('|  | p50 |\n| --- | --: |\n| one | 1.0 ms |\n| a \\| b | 12.0 ms |');
});

test('a block is replaced between its marks and nothing else is touched', () => {
  const document = 'before\n<!-- begin x -->\nold\n<!-- end x -->\nafter\n';
  const written = withBlock(document, 'x', 'new');
  expect(written).toBe('before\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nafter\n');
  expect(withBlock(written, 'x', 'new')).toBe(written);
  expect(() => withBlock(document, 'y', 'new')).toThrow('no block "y"');
});

test('rounds are told by the least, the median and the most, ratios round by round', () => {
  expect(shown(rangeOf([3, 1, 2]), String)).toBe('1 / 2 / 3');
  expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  expect([0.123, 12.3].map(plain)).toEqual(['0.12', '12']);
});

test('an option changes a number of the defaults, or is refused', () => {
  const defaults = { orders: 80, name: 'x' };
  expect(withNumbers(defaults, { orders: '5' })).toEqual({ orders: 5, name: 'x' });
  for (const given of [{ orders: 'many' }, { name: '5' }, { other: '5' }, { orders: true }])
    expect(() => withNumbers(defaults, given)).toThrow('means nothing here');
});
