import { expect, test } from 'vitest';
import { warningIn } from '../../dev/supervisor/warnings.ts';

test.for([
  ['{"level":"info","msg":"an order was accepted"}', undefined],
  ['{"level":"warn","msg":"slow"}', 'WARN slow'],
  [
    '{"level":"error","msg":"refused","orderId":"o-1","err":{"message":"no route"}}',
    'ERROR refused (no route) orderId=o-1',
  ],
  ['TypeError: x is not a function', 'TypeError: x is not a function'],
  ['', undefined],
] as const)('of %s the terminal shows %s', ([line, shown]) => {
  expect(warningIn(line)).toBe(shown);
});
