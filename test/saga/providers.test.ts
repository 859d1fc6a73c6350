import { afterAll, describe, expect, test, vi } from 'vitest';
import { historyProblems } from './harness/histories.ts';
import { providerCallsOf } from './harness/provider-calls.ts';
import {
  landsAtProviderAfterCancel,
  misdeeds,
  providerMisbehaves,
  refusesUntilCancelled,
  type Misdeed,
} from './harness/provider-twists.ts';
import { startStage } from './harness/stage.ts';
import { cancelledWhenPaid, completes, neverFetched } from './harness/stories.ts';

vi.setConfig({ testTimeout: 120_000 });

/** After this long a client gives a provider up. */
const providerTimeoutMs = 3_000;
/** What is late comes when nobody waits for it any more. */
const lateMs = 4_000;
/** Enough for a provider that is away for a while; it is not the operator's patience that is tried here. */
const attempts = '12';

const stage = await startStage({
  requestLastsMs: providerTimeoutMs,
  variables: {
    PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    ORDER_ATTEMPTS_BEFORE_ATTENTION: attempts,
  },
});
afterAll(() => stage.close());

const forward = providerCallsOf(await stage.record(completes));
const recorded = new Set(forward.map(({ call }) => call));
const backward = providerCallsOf(await stage.record(cancelledWhenPaid)).filter(
  ({ call }) => !recorded.has(call),
);

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
describe.concurrent.each(Object.keys(misdeeds) as Misdeed[])('a provider that %s', (misdeed) => {
  // A mail server that refuses has said no.
  const struck = forward.filter(({ wire }) => wire.sandbox !== 'mail' || !misdeed.startsWith('refuses'));
  test.each(struck)('at $call is paid once by an order that completes', async ({ wire }) => {
    expect(await stage.play(completes, providerMisbehaves(wire, misdeed, lateMs))).toEqual([]);
  });

  test.each(backward)('at $call keeps nothing of an order that is cancelled', async ({ wire }) => {
    expect(await stage.play(cancelledWhenPaid, providerMisbehaves(wire, misdeed, lateMs))).toEqual([]);
  });
});

describe.concurrent('a payment that Stripe refuses to make under any key', () => {
  test('is undone without an operator when the order is cancelled', async () => {
    const create = { sandbox: 'stripe', operation: 'payment_intent.create' } as const;
    expect(await stage.play(neverFetched, refusesUntilCancelled(create))).toEqual([]);
  });
});

describe.concurrent('a call that lands at the provider after the order was cancelled', () => {
  const beforeDispatch = forward.filter(({ wire }) => wire.sandbox !== 'mail');
  test.each(beforeDispatch)('leaves nothing behind: $call', async (call) => {
    expect(await stage.play(neverFetched, landsAtProviderAfterCancel(call, lateMs))).toEqual([]);
  });
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
