import type { ServerResponse } from 'node:http';
import { streamPace, type StreamPace } from '../limits.ts';

/** A response that goes on, as server-sent events (WHATWG HTML, 9.2). */
export interface EventStream {
  /** Sends events. Gives whether the client keeps up; if not, `onReady` is called once it has. */
  send(events: readonly ServerSentEvent[]): boolean;
  /** Ends the stream. With `reconnect` the client is told to come back, each one a little later or sooner. */
  end(how?: { readonly reconnect: boolean }): void;
  onReady(listener: () => void): void;
  /** Called once, when the client is gone or the stream has ended. */
  onClosed(listener: () => void): void;
}

export interface ServerSentEvent {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Streams into a response whose head has been written. A client that does not take what it was sent for
 * `pace.stallMs` is dropped: it may come back and go on where it was.
 */
export function createEventStream(response: ServerResponse, pace: StreamPace = streamPace): EventStream {
  let stall: NodeJS.Timeout | undefined;
  const heartbeat = setInterval(() => write(':\n\n'), pace.heartbeatMs);

  function write(text: string): boolean {
    if (response.writableEnded || response.destroyed) return true;
    if (response.write(text)) return true;
    stall ??= setTimeout(() => response.destroy(), pace.stallMs);
    return false;
  }

  function onClosed(listener: () => void): void {
    if (response.destroyed) queueMicrotask(listener);
    else response.once('close', listener);
  }

  response.on('drain', () => {
    clearTimeout(stall);
    stall = undefined;
  });
  onClosed(() => {
    clearInterval(heartbeat);
    clearTimeout(stall);
  });
  write(`retry: ${pace.reconnectMs}\n\n`);

  return {
    send: (events) => write(events.map(frameOf).join('')),
    end({ reconnect } = { reconnect: false }) {
      clearInterval(heartbeat);
      // All of them at the same moment would be too much for whoever takes over.
      const delayMs = Math.round(pace.reconnectMs * (0.5 + Math.random()));
      response.end(reconnect ? `retry: ${delayMs}\n: the process is ending\n\n` : '');
    },
    onReady: (listener) => response.on('drain', listener),
    onClosed,
  };
}

/** JSON has no line break of its own, so one line of data holds it. */
function frameOf({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
