import { expect, test } from 'vitest';
import { unknownVariables } from '../../src/config/unknown-variables.ts';

test.each([
  ['WORKER_JOBS_CONCURENCY', 'WORKER_JOBS_CONCURRENCY'],
  ['RELAY_LEASE', 'RELAY_LEASE_MS'],
  ['ORDER_CAPTURE_MARGINS_MS', 'ORDER_CAPTURE_MARGIN_MS'],
])('%s is not known: %s is meant', (name, nearest) => {
  expect(unknownVariables({ [name]: '5' })).toEqual([{ name, nearest }]);
});

test('says nothing of what it knows, and nothing of what may be for other programs, nor of what is empty', () => {
  const others = { PATH: '/bin', MAIL_SMTP_PORT: '1025', STRIPE_DEVICE_NAME: 'x', TEMPORAL_ADDRESS: 'x' };
  expect(unknownVariables({ ...others, WORKER_QUEUES: 'jobs', RELAY_BATCH: '5', JOBS_AHAED: '' })).toEqual(
    [],
  );
});
