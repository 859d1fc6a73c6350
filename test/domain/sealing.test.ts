import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSealer } from '../../src/domain/sealing.ts';

const secret = 'whsec_c29tZSBzZWNyZXQ=';
const keys = new Map([
  ['2026-01', randomBytes(32)],
  ['2026-02', randomBytes(32)],
]);
const sealer = createSealer({ active: '2026-02', keys });

test('a sealed secret shows nothing of itself, is never sealed alike, and opens again', () => {
  const [one, other] = [sealer.seal(secret, 'a'), sealer.seal(secret, 'a')];
  expect(one).toMatch(/^sealed:2026-02:[A-Za-z0-9_-]+$/);
  expect(one).not.toBe(other);
  expect([sealer.open(one, 'a'), sealer.open(other, 'a')]).toEqual([secret, secret]);
});

test('a secret that was sealed for somebody else, or changed, does not open', () => {
  const kept = sealer.seal(secret, 'a');
  expect(() => sealer.open(kept, 'b')).toThrow('was changed');
  expect(() => sealer.open(`${kept.slice(0, -4)}AAAA`, 'a')).toThrow('was changed');
  expect(() => sealer.open(kept.replace('2026-02', '2026-01'), 'a')).toThrow('was changed');
});

test('a key that is missing is named', () => {
  const kept = sealer.seal(secret, 'a');
  const without = createSealer({ active: null, keys: new Map() });
  expect(() => without.open(kept, 'a')).toThrow('"2026-02", which is not in PAYLOAD_ENCRYPTION_KEYS');
});

test('without an active key a secret is kept as it is, and one that is kept so opens with any keys', () => {
  const plain = createSealer({ active: null, keys });
  expect(plain.seal(secret, 'a')).toBe(secret);
  expect(sealer.open(secret, 'a')).toBe(secret);
  expect(plain.open(sealer.seal(secret, 'a'), 'a')).toBe(secret);
});

test('what the active key did not seal is to be sealed anew', () => {
  const old = createSealer({ active: '2026-01', keys });
  expect(
    [secret, old.seal(secret, 'a'), sealer.seal(secret, 'a')].map((kept) => sealer.isCurrent(kept)),
  ).toEqual([false, false, true]);
  expect(createSealer({ active: null, keys }).isCurrent(secret)).toBe(true);
});
