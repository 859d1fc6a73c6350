import { describe, expect, test } from 'vitest';
import { jobTypes } from '../../src/activities/jobs/types.ts';
import { userMailRules } from '../../src/activities/jobs/user-mail/rules.ts';
import { patientRetry, type RetryProfile } from '../../src/domain/job-type.ts';
import { backoffMs } from '../../src/domain/policies.ts';

const hour = 60 * 60 * 1_000;

/** From the first attempt to the last at the least: all that chance can take away is taken, and an attempt takes no time. */
function leastMs({ maxAttempts, backoff }: RetryProfile): number {
  const waits = Array.from({ length: maxAttempts - 1 }, (_none, index) => backoffMs(backoff, index + 1, 0));
  return waits.reduce((sum, wait) => sum + wait, 0);
}

/** From the first attempt to the last at the most that chance makes of it. */
function mostMs({ maxAttempts, backoff }: RetryProfile): number {
  const waits = Array.from({ length: maxAttempts - 1 }, (_none, index) => backoffMs(backoff, index + 1, 1));
  return waits.reduce((sum, wait) => sum + wait, 0);
}

describe('what is behind a registration', () => {
  const behind = ['welcome-mail', 'follow-up-mail', 'thumbnails', 'track-registration'];
  test.each(jobTypes.filter(({ name }) => behind.includes(name)).map((type) => [type.name, type] as const))(
    '%s is still tried when what it needs comes back after an hour',
    (_name, { retry, deadlineMs }) => {
      expect(leastMs(retry)).toBeGreaterThan(hour);
      expect(deadlineMs).toBeGreaterThan(hour);
    },
  );

  test('a mail waits for a mail server that is away for days, and then goes out within a minute', () => {
    expect(leastMs(userMailRules.retry)).toBeGreaterThan(3 * 24 * hour);
    expect(userMailRules.deadlineMs).toBeGreaterThan(3 * 24 * hour);
    expect(userMailRules.retry.backoff.maxMs).toBeLessThanOrEqual(60_000);
  });
});

test('the profile for most waits out an hour, and gives up within three', () => {
  expect(leastMs(patientRetry)).toBeGreaterThan(hour);
  expect(mostMs(patientRetry)).toBeLessThan(3 * hour);
});
