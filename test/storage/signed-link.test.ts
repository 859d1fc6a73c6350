import { describe, expect, it } from 'vitest';
import { attachment } from '../../src/storage/disposition.ts';
import { readLink, signLink } from '../../src/storage/signed-link.ts';

const key = Buffer.from('k'.repeat(32));
const file = { key: 'exports/1/orders.csv', name: 'Bestellungen.csv', mediaType: 'text/csv' };
const now = new Date('2026-01-15T09:30:00Z');
const inAnHour = new Date('2026-01-15T10:30:00Z');

describe('a signed link', () => {
  it('says what it gives, until it expires', () => {
    const token = signLink(file, inAnHour, key);
    expect(readLink(token, key, now)).toEqual({ outcome: 'good', file, expiresAt: inAnHour });
    expect(readLink(token, key, new Date(inAnHour.getTime() - 1))).toMatchObject({ outcome: 'good' });
    expect(readLink(token, key, inAnHour)).toEqual({ outcome: 'expired' });
  });

  it('is forged where any character of it has changed', () => {
    const token = signLink(file, inAnHour, key);
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      // The last character of a base64url text may hold bits that say nothing.
      if (sameBytes(changed, token)) continue;
      expect(readLink(changed, key, now)).toEqual({ outcome: 'forged' });
    }
  });

  it.each(['', '.', 'x', '..', 'a.b', 'a.b.c', '%00.%00'])('is forged where it is %j', (token) => {
    expect(readLink(token, key, now)).toEqual({ outcome: 'forged' });
  });

  it('is forged where another key has signed it, or where it gives what cannot be a file', () => {
    expect(readLink(signLink(file, inAnHour, Buffer.from('other')), key, now)).toEqual({ outcome: 'forged' });
    const outside = signLink({ ...file, key: '../../etc/passwd' }, inAnHour, key);
    expect(readLink(outside, key, now)).toEqual({ outcome: 'forged' });
  });
});

describe('the name of a download', () => {
  it.each([
    ['orders.csv', `attachment; filename="orders.csv"; filename*=UTF-8''orders.csv`],
    ['a"b\\c%d.csv', `attachment; filename="a_b_c_d.csv"; filename*=UTF-8''a%22b%5Cc%25d.csv`],
    ["it's (1)*.pdf", `attachment; filename="it's (1)*.pdf"; filename*=UTF-8''it%27s%20%281%29%2A.pdf`],
    [
      'a\r\nSet-Cookie: x',
      `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`,
    ],
    ['Bestätigt.csv', `attachment; filename="Bestatigt.csv"; filename*=UTF-8''Best%C3%A4tigt.csv`],
    ['注文.csv', `attachment; filename="__.csv"; filename*=UTF-8''%E6%B3%A8%E6%96%87.csv`],
  ])('%j stays within its header', (name, header) => {
    expect(attachment(name)).toBe(header);
  });
});

function sameBytes(one: string, other: string): boolean {
  return bytesOf(one) === bytesOf(other);
}

function bytesOf(token: string): string {
  return token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.');
}
