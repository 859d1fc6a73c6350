import { afterAll, beforeAll, describe } from 'vitest';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { stripeContract } from './stripe.contract.ts';

describe('Stripe’s sandbox', () => {
  let sandbox: StripeSandbox;
  beforeAll(async () => {
    sandbox = await startStripeSandbox();
  });
  afterAll(() => sandbox.close());

  stripeContract(() => ({ apiKey: 'sk_test_contract', apiBase: sandbox.url }));
});

const apiKey = testKey(process.env['STRIPE_TEST_API_KEY']);

describe.skipIf(!apiKey)('Stripe itself (asks for STRIPE_TEST_API_KEY)', { timeout: 60_000 }, () => {
  stripeContract(() => ({ apiKey: apiKey ?? '' }));
});

/** Real money is never moved by a test. */
function testKey(key: string | undefined): string | undefined {
  if (key && !/^(sk|rk)_test_/.test(key))
    throw new Error('STRIPE_TEST_API_KEY is not a key of a test account');
  return key;
}
