import type { Response } from 'express';
import type { Fault } from './faults.ts';

/** An answer as it goes over the wire. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/**
 * Answers a call, with what the fault does to the connection. `act` does the work and must be called at most once; it
 * is left out where the fault keeps the call from being executed. Resolves once the call is over, late landings included.
 */
export async function playCall(
  response: Response,
  fault: Fault | undefined,
  act: () => Reply,
  stopped: AbortSignal,
): Promise<void> {
  switch (fault?.mode) {
    case 'hang':
      return clientGone(response, stopped);
    case 'drop_request':
      return breakConnection(response);
    case 'drop_reply':
      act();
      return breakConnection(response);
    case 'delay':
      if (await waited(fault.delayMs, stopped)) send(response, act());
      return;
    case 'delay_reply': {
      const reply = act();
      if (await waited(fault.delayMs, stopped)) send(response, reply);
      return;
    }
    case 'late_land':
      if (!fault.hang) breakConnection(response);
      if (await waited(fault.delayMs, stopped)) act();
      return fault.hang ? clientGone(response, stopped) : undefined;
    default:
      return send(response, act());
  }
}

/** Sends the reply, unless the client has gone meanwhile. */
export function send(response: Response, reply: Reply): void {
  if (response.destroyed || response.writableEnded) return;
  response.status(reply.status).set('Content-Type', 'application/json').set(reply.headers).send(reply.body);
}

function breakConnection(response: Response): void {
  response.socket?.destroy();
}

/** Waits until the client gives up; a sandbox that stops gives up first. */
async function clientGone(response: Response, stopped: AbortSignal): Promise<void> {
  if (response.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('close', resolve);
  stopped.addEventListener('abort', () => resolve(), { once: true });
  if (stopped.aborted) resolve();
  await promise;
  breakConnection(response);
}

/** False when the sandbox stopped meanwhile. */
export async function waited(ms: number, stopped: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  stopped.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  return !stopped.aborted;
}
