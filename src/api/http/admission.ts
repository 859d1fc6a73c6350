import type { ApiContext } from '../api-context.ts';
import { Problem } from '../problems/errors.ts';
import { retryAfterOverloadSeconds } from '../limits.ts';

/**
 * Refuses more work while more waits than the service promises to catch up with: an `overloaded` problem. It costs nothing,
 * because the relay counts the outbox for itself, and it ends by itself once the outbox is less deep.
 */
export function shedLoad({ relay, settings }: Pick<ApiContext, 'relay' | 'settings'>): void {
  if (relay.state.outboxDepth < settings.maxOutboxDepth) return;
  throw new Problem('overloaded', undefined, {
    headers: { 'Retry-After': String(retryAfterOverloadSeconds) },
  });
}
