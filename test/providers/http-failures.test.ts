import { describe, expect, test } from 'vitest';
import { parseRetryAfter, transientFailure } from '../../src/providers/http-failures.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('Retry-After', () => {
  test.each([
    ['3', 3_000],
    [' 3 ', 3_000],
    ['0', 0],
    ['0.5', 500],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['86400', 15 * 60 * 1000],
    ['soon', undefined],
    ['-3', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j asks for a wait of %j ms', (header, waitMs) => {
    expect(parseRetryAfter(header, now)).toBe(waitMs);
  });
});

describe('an answer of a provider', () => {
  const answer = { provider: 'Somebody', retryAfter: undefined, facts: { code: 'x' } };

  test.each([
    [undefined, 'ProviderUnavailable'],
    [408, 'ProviderUnavailable'],
    [429, 'ProviderRateLimited'],
    [500, 'ProviderUnavailable'],
    [599, 'ProviderUnavailable'],
  ])('with status %j passes by itself as %s', (status, type) => {
    expect(transientFailure({ ...answer, status })).toMatchObject({ type, facts: { code: 'x' } });
  });

  test.each([200, 302, 400, 401, 402, 403, 404, 409, 422])(
    'with status %d does not pass by itself',
    (status) => {
      expect(transientFailure({ ...answer, status })).toBeNull();
    },
  );

  test.each([429, 503])('with status %d hands on how long to wait', (status) => {
    const failure = transientFailure({ ...answer, status, retryAfter: '7' });
    expect(failure?.retryAfterMs).toBe(7_000);
  });
});
