import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/domain/failures.ts';
import type { Events } from '../../src/telemetry/events.ts';
import { observeCalls } from '../../src/telemetry/observe-calls.ts';

const payments = {
  async capture({ intentId }: { intentId: string; orderId: string }): Promise<string> {
    return `${intentId} captured`;
  },
  async cancel(): Promise<string> {
    throw new Failure('ProviderUnavailable', 'no answer');
  },
  close(): string {
    return 'closed';
  },
};

function observed() {
  const providerCalled = vi.fn<Events['providerCalled']>();
  return { payments: observeCalls('stripe', payments, { providerCalled }), providerCalled };
}

describe('a call to a provider', () => {
  it('is told with its order and how long it took', async () => {
    const { payments: stripe, providerCalled } = observed();
    expect(await stripe.capture({ intentId: 'pi_1', orderId: 'o-1' })).toBe('pi_1 captured');
    await expect
      .poll(() => providerCalled.mock.calls)
      .toEqual([
        [
          {
            provider: 'stripe',
            call: 'capture',
            orderId: 'o-1',
            durationMs: expect.any(Number),
            failureType: null,
          },
        ],
      ]);
  });

  it('that fails is told with the type of its failure, and fails for its caller all the same', async () => {
    const { payments: stripe, providerCalled } = observed();
    await expect(stripe.cancel()).rejects.toThrow('no answer');
    expect(providerCalled.mock.lastCall?.[0]).toMatchObject({
      call: 'cancel',
      failureType: 'ProviderUnavailable',
    });
  });

  it('that only lets go of something is no call', () => {
    const { payments: stripe, providerCalled } = observed();
    expect(stripe.close()).toBe('closed');
    expect(providerCalled).not.toHaveBeenCalled();
  });
});
