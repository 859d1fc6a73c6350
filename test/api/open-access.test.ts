import { expect, test } from 'vitest';
import { isLoopback } from '../../src/api/access/loopback.ts';
import { whyNotWithoutKeys } from '../../src/api/access/open-access.ts';

const http = (host: string) => ({ host, port: 0, publicUrl: null });

test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('may start without a key on %s', async (host) => {
  expect(await whyNotWithoutKeys({ environment: 'development', http: http(host) })).toBeNull();
});

test.each(['0.0.0.0', '::', '192.0.2.1'])('may not start without a key on %s', async (host) => {
  expect(await whyNotWithoutKeys({ environment: 'test', http: http(host) })).toMatch(`HOST=${host}`);
});

test('may not start without a key in production, wherever it listens', async () => {
  expect(await whyNotWithoutKeys({ environment: 'production', http: http('127.0.0.1') })).toMatch(
    'production',
  );
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['fe80::1', false],
  [undefined, false],
])('takes %s for this machine’s own: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
