import { Failure } from '../domain/failures.ts';
import type { Events } from './events.ts';

/** The same provider, with every call told to `events`: which it was, how long it took, by which type it failed. */
export function observeCalls<Provider extends object>(
  name: string,
  provider: Provider,
  events: Pick<Events, 'providerCalled'>,
): Provider {
  return new Proxy(provider, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const begunAt = performance.now();
        const result: unknown = Reflect.apply(member, target, args);
        if (result instanceof Promise) void tell(String(property), orderIdIn(args), begunAt, result);
        return result;
      };
    },
  });

  async function tell(call: string, orderId: string | undefined, begunAt: number, result: Promise<unknown>) {
    const failureType = await result.then(() => null, typeOf);
    const durationMs = Math.round(performance.now() - begunAt);
    events.providerCalled({
      provider: name,
      call,
      durationMs,
      failureType,
      ...(orderId !== undefined && { orderId }),
    });
  }
}

function typeOf(error: unknown): string {
  return error instanceof Failure ? error.type : error instanceof Error ? error.name : typeof error;
}

/** Most calls say in their one argument which order they are for. */
function orderIdIn([argument]: readonly unknown[]): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('orderId' in argument)) return undefined;
  return typeof argument.orderId === 'string' ? argument.orderId : undefined;
}
