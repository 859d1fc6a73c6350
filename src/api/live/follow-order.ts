import { isEnd, type NumberedEvent } from '../../db/orders/event-tail.ts';
import type { EventStream, ServerSentEvent } from './event-stream.ts';
import type { Tail } from './tail.ts';

/** Sends an order's events after the number `after` as they come, and ends with the one by which the order has ended. */
export function followOrder(tail: Tail, orderId: string, after: number, stream: EventStream): void {
  const following = tail.follow(orderId, after, {
    take(events) {
      const end = events.findIndex(({ type }) => isEnd(type));
      const isOver = end !== -1;
      const keepsUp = stream.send(
        (isOver ? events.slice(0, end + 1) : events).map((event) => toSent(orderId, event)),
      );
      if (isOver) {
        following.stop();
        stream.end();
      }
      return keepsUp;
    },
    stopped: () => stream.end({ reconnect: true }),
  });
  stream.onReady(() => following.goOn());
  stream.onClosed(() => following.stop());
}

function toSent(orderId: string, { number, type, at, durationMs, data }: NumberedEvent): ServerSentEvent {
  return { id: number, event: type, data: { orderId, number, type, at: at.toISOString(), durationMs, data } };
}
