import { isEnd } from '../../db/orders/event-tail.ts';
import type { Tail } from './tail.ts';

/**
 * Waits until the order is confirmed or has ended: true as soon as it has; false after `timeoutMs`, when the signal is
 * given, or when the process is ending.
 */
export async function untilConfirmedOrEnded(
  tail: Tail,
  { orderId, after }: { readonly orderId: string; readonly after: number },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const giveUp = () => resolve(false);
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  const following = tail.follow(orderId, after, {
    take(events) {
      if (events.some(({ type }) => type === 'order.confirmed' || isEnd(type))) resolve(true);
      return true;
    },
    stopped: giveUp,
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    following.stop();
  }
}
