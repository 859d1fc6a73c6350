import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PayloadKeys } from '../../src/config/payload-keys.ts';
import { configFrom } from '../../src/config/from-env.ts';
import { readEnv } from '../../src/config/env.ts';
import { Secret } from '../../src/config/secrets.ts';

const required = {
  DATABASE_URL: 'postgres://shop@db.internal/shop',
  STRIPE_API_KEY: 'sk_test',
  STRIPE_WEBHOOK_SECRET: 'whsec',
  EASYPOST_API_KEY: 'EZTK',
  EASYPOST_WEBHOOK_SECRET: 'secret',
  SMTP_URL: 'smtp://mail.internal',
  MAIL_FROM: 'orders@shop.example',
};

const base64 = (byte: number, bytes = 32) => Buffer.alloc(bytes, byte).toString('base64');

function problemsOf(keys: string | undefined, active?: string): readonly string[] {
  const read = readEnv({
    ...required,
    PAYLOAD_ENCRYPTION_KEYS: keys,
    PAYLOAD_ENCRYPTION_ACTIVE_KEY: active,
  });
  return 'problems' in read ? read.problems : [];
}

function secretOf(keys: string | undefined, active?: string): Secret<PayloadKeys> {
  const read = readEnv({
    ...required,
    PAYLOAD_ENCRYPTION_KEYS: keys,
    PAYLOAD_ENCRYPTION_ACTIVE_KEY: active,
  });
  if ('problems' in read) throw new Error(read.problems.join());
  const temporal = { address: '', namespace: '', connection: new Secret({ address: '' }) };
  return configFrom(read.env, temporal, []).secrets.payloadKeys;
}

describe('the keys for payloads', () => {
  it('are none, and nothing is encrypted, where nothing is set', () => {
    expect(secretOf(undefined).reveal()).toEqual({ active: null, keys: new Map() });
  });

  it('are several, of which one encrypts', () => {
    const { active, keys } = secretOf(`2025-11:${base64(1)}, 2026-02:${base64(2)}`, '2026-02').reveal();
    expect(active).toBe('2026-02');
    expect([...keys]).toEqual([
      ['2025-11', Buffer.alloc(32, 1)],
      ['2026-02', Buffer.alloc(32, 2)],
    ]);
  });

  it('only decrypt where none is active', () => {
    expect(secretOf(`k1:${base64(1)}`).reveal()).toMatchObject({ active: null });
  });

  it('are never printed', () => {
    const secret = secretOf(`k1:${base64(7)}`, 'k1');
    expect(`${String(secret)} ${inspect(secret)} ${JSON.stringify(secret)}`).toBe(
      '[secret] [secret] "[secret]"',
    );
  });

  it.each([
    ['a key alone', base64(1), 'entry 1 must be an id and a key, as id:key'],
    ['too many colons', `k1:${base64(1)}:x`, 'entry 1 must be an id and a key, as id:key'],
    ['a comma too many', `k1:${base64(1)},`, 'entry 2 must be an id and a key, as id:key'],
    ['no id', `:${base64(1)}`, 'entry 1 must begin with an id of 1 to 32 letters'],
    ['the key before the id', `${base64(1)}:k1`, 'entry 1 must begin with an id of 1 to 32 letters'],
    ['no base64', 'k1:correct horse battery staple', 'entry 1 (k1) must have a key in base64'],
    ['a shorter key', `k1:${base64(1, 16)}`, 'entry 1 (k1) must have a key of 32 bytes, and has 16'],
    ['a longer key', `k1:${base64(1, 33)}`, 'entry 1 (k1) must have a key of 32 bytes, and has 33'],
    ['an id twice', `k1:${base64(1)},k1:${base64(2)}`, 'entry 2 (k1) has an id that an earlier entry has'],
    ['a key twice', `k1:${base64(1)},k2:${base64(1)}`, 'entry 2 (k2) has the same key as k1'],
  ])('are refused with %s, in words that hold no key', (_what, keys, problem) => {
    const [first = '', ...others] = problemsOf(keys, undefined);
    expect(first).toContain(`PAYLOAD_ENCRYPTION_KEYS ${problem}`);
    expect(others).toEqual([]);
    expect(first).not.toContain(base64(1).slice(0, 8));
  });

  it('have to hold the active one', () => {
    const problem = 'PAYLOAD_ENCRYPTION_ACTIVE_KEY must be an id in PAYLOAD_ENCRYPTION_KEYS, which has';
    expect(problemsOf(`k1:${base64(1)},k2:${base64(2)}`, 'k3')).toEqual([`${problem} k1, k2`]);
    expect(problemsOf(undefined, 'k3')).toEqual([`${problem} none`]);
    const [malformed = ''] = problemsOf(`k1:${base64(1)}`, base64(9));
    expect(malformed).toMatch(/^PAYLOAD_ENCRYPTION_ACTIVE_KEY must be the id of a key: /);
    expect(malformed).not.toContain(base64(9).slice(0, 8));
  });
});
