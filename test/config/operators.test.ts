import { expect, test } from 'vitest';
import { readEnv } from '../../src/config/env.ts';

const complete = {
  DATABASE_URL: 'postgres://shop@db.internal/shop',
  STRIPE_API_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_secret',
  EASYPOST_API_KEY: 'EZTK1',
  EASYPOST_WEBHOOK_SECRET: 'secret',
  SMTP_URL: 'smtp://mail.internal:587',
  MAIL_FROM: 'orders@shop.example',
};
const url = 'https://pager.example/hooks/1';
const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

function problemsWith(variables: Record<string, string>): readonly string[] {
  const read = readEnv({ ...complete, ...variables });
  return 'problems' in read ? read.problems : [];
}

test('operators need not be told anywhere', () => {
  expect(problemsWith({})).toEqual([]);
  expect(problemsWith({ OPERATOR_EMAIL: 'oncall@shop.example' })).toEqual([]);
});

test.each([24, 32, 64])('a webhook secret may have %i bytes', (bytes) => {
  expect(problemsWith({ OPERATOR_WEBHOOK_URL: url, OPERATOR_WEBHOOK_SECRET: secret(bytes) })).toEqual([]);
});

test.each([secret(23), secret(65), 'whsec_', Buffer.alloc(32).toString('base64'), 'whsec_not base64 at all'])(
  'a webhook secret is not %s',
  (value) => {
    expect(problemsWith({ OPERATOR_WEBHOOK_URL: url, OPERATOR_WEBHOOK_SECRET: value })).toEqual([
      'OPERATOR_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64',
    ]);
  },
);

test('a webhook has a secret, and a secret a webhook', () => {
  const together = ['OPERATOR_WEBHOOK_URL must be set together with OPERATOR_WEBHOOK_SECRET'];
  expect(problemsWith({ OPERATOR_WEBHOOK_URL: url })).toEqual(together);
  expect(problemsWith({ OPERATOR_WEBHOOK_SECRET: secret(32) })).toEqual(together);
});

test('one address is one address', () => {
  expect(problemsWith({ OPERATOR_EMAIL: 'On call <oncall@shop.example>' })).toEqual([
    'OPERATOR_EMAIL must be an e-mail address such as oncall@shop.example',
  ]);
});
