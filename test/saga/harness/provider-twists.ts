import { setTimeout as pause } from 'node:timers/promises';
import { noticeKinds } from '../../../src/domain/notice.ts';
import type { FaultRequest } from '../../../sandbox/shared/faults.ts';
import type { Script } from './director.ts';
import type { ProviderCall, Wire } from './provider-calls.ts';
import type { Twist } from './stage.ts';
import { lost } from './twists.ts';

type Mode = FaultRequest['mode'];

/** As for a request that the provider cannot make sense of. */
export const nonsense = { status: 400, type: 'invalid_request_error', code: 'parameter_unknown' } as const;

/** What a provider does to one call of an order. */
export const misdeeds = {
  'refuses for good, and stores that': { mode: 'refuse', error: nonsense },
  'answers 500 and stores it': { mode: 'error500' },
  'acts, answers 500 and stores it': { mode: 'error500_after' },
  'breaks the connection': { mode: 'drop_request' },
  'acts and breaks the connection': { mode: 'drop_reply' },
  'never answers': { mode: 'hang' },
  'asks for a pause': { mode: 'rate_limit', retryAfterSeconds: 1 },
  'answers too late': { mode: 'delay_reply' },
  'acts too late': { mode: 'late_land', hang: true },
} as const satisfies Record<string, { mode: Mode } & Partial<FaultRequest>>;

export type Misdeed = keyof typeof misdeeds;

/** Clients with little patience may miss a reply of the mail server on a busy machine; then the mail comes again. */
const repeatableMails = noticeKinds;

/** The first call of its kind goes wrong; `lateMs` is how late what is late comes. */
export function providerMisbehaves({ sandbox, operation }: Wire, misdeed: Misdeed, lateMs: number): Twist {
  return (order, { sandboxes }) => {
    const { faults } = sandboxes[sandbox];
    const complaints: string[] = [];
    const request = { ...misdeeds[misdeed], operation, match: { orderId: order.id }, delayMs: lateMs };
    const { faultId } = faults.add(request);
    return {
      complaints,
      repeatableMails,
      afterwards: async () => {
        const hits = faults.list().find((fault) => fault.faultId === faultId)?.hits;
        if (hits !== 1) complaints.push(`the fault of ${operation} struck ${hits} times`);
      },
    };
  };
}

/** The provider refuses a call whatever key it comes under, until the customer cancels instead of waiting. */
export function refusesUntilCancelled({ operation }: Wire): Twist {
  return (order, { sandboxes: { stripe }, shop, pool }) => {
    const complaints: string[] = [];
    const fault = { operation, match: { orderId: order.id }, mode: 'refuse', error: nonsense } as const;
    const { faultId } = stripe.faults.add({ ...fault, times: 'always' });
    const hits = () => stripe.faults.list().find((one) => one.faultId === faultId)?.hits ?? 0;
    return {
      complaints,
      async meanwhile() {
        // A key that is refused, and one after it.
        while (hits() < 2) await pause(lookEveryMs);
        await shop.cancel(order.id);
      },
      async afterwards() {
        const calls = `select from order_events where order_id = $1 and type = 'order.needs_attention'`;
        if ((await pool.query(calls, [order.id])).rowCount !== 0) complaints.push('an operator was called');
      },
      end: () => 'cancelled',
    };
  };
}

const lookEveryMs = 20;

/**
 * A call gets no answer and lands at the provider `lateMs` later. Its activity is not heard of again, and the customer
 * cancels.
 */
export function landsAtProviderAfterCancel({ wire, activity }: ProviderCall, lateMs: number): Twist {
  return (order, stage) => {
    const { operation, sandbox } = wire;
    const { faults } = stage.sandboxes[sandbox];
    faults.add({ operation, match: { orderId: order.id }, mode: 'late_land', hang: true, delayMs: lateMs });
    const triedAgain = Promise.withResolvers<void>();
    let landsAt = 0;
    const run: Script = async ({ nth, act }) => {
      if (nth === 1) {
        landsAt = Date.now() + lateMs;
        return act();
      }
      triedAgain.resolve();
      throw lost('still away');
    };
    return {
      scripts: { [activity]: run },
      repeatableMails,
      async meanwhile() {
        await triedAgain.promise;
        await stage.shop.cancel(order.id);
      },
      afterwards: () => pause(Math.max(landsAt - Date.now(), 0) + landingMs),
      end: () => 'cancelled',
    };
  };
}

/** How long it takes until a call is at the provider, and until it has landed there, at most. */
const landingMs = 1_000;
