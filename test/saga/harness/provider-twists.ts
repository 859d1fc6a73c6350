import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRequest } from '../../../sandbox/shared/faults.ts';
import type { Wire } from './provider-calls.ts';
import type { Stage, Twist } from './stage.ts';

type Mode = FaultRequest['mode'];

/** What a provider does to one call of an order. */
export const misdeeds = {
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

/** The mails of a mode whose reply is lost may come twice. */
const losesReplies: readonly Mode[] = ['error500_after', 'drop_reply', 'delay_reply', 'late_land'];

/** The first call of its kind goes wrong; `lateMs` is how late what is late comes. */
export function providerMisbehaves({ sandbox, operation }: Wire, misdeed: Misdeed, lateMs: number): Twist {
  return (order, { sandboxes }) => {
    const { faults } = sandboxes[sandbox];
    const complaints: string[] = [];
    const request = { ...misdeeds[misdeed], operation, match: { orderId: order.id }, delayMs: lateMs };
    const { faultId } = faults.add(request);
    return {
      complaints,
      ...(sandbox === 'mail' &&
        losesReplies.includes(request.mode) && { repeatableMails: ['confirmed', 'shipped', 'cancelled'] }),
      afterwards: async () => {
        const hits = faults.list().find((fault) => fault.faultId === faultId)?.hits;
        if (hits !== 1) complaints.push(`the fault of ${operation} struck ${hits} times`);
      },
    };
  };
}

/**
 * A call gets no answer and lands at the provider `lateMs` later; meanwhile the provider is out of reach for it, and the
 * customer cancels.
 */
export function landsAtProviderAfterCancel({ sandbox, operation }: Wire, lateMs: number): Twist {
  return (order, stage) => {
    const { faults } = stage.sandboxes[sandbox];
    const match = { orderId: order.id };
    const late = faults.add({ operation, match, mode: 'late_land', hang: true, delayMs: lateMs });
    const away = faults.add({ operation, match, mode: 'drop_request', times: 'always' });
    const hits = (faultId: number) => faults.list().find((fault) => fault.faultId === faultId)?.hits ?? 0;
    let landsAt = 0;
    return {
      async meanwhile() {
        await until(stage, order.id, () => hits(late.faultId) > 0);
        landsAt = Date.now() + lateMs;
        await until(stage, order.id, () => hits(away.faultId) > 0);
        await stage.shop.cancel(order.id);
        faults.clear(away.faultId);
      },
      afterwards: () => pause(Math.max(landsAt - Date.now(), 0) + landingMs),
      end: () => 'cancelled',
    };
  };
}

/** How long a call that lands takes at the sandbox, at most. */
const landingMs = 200;

async function until({ watch }: Stage, orderId: string, holds: () => boolean): Promise<void> {
  await watch.until(orderId, 'a fault to strike', holds);
}
