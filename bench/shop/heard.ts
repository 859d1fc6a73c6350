import type { Reply } from './http-client.ts';

/** What a client hears of one try to place an order. */
export interface Heard {
  /** The answer's status, or how the connection failed: `202`, `503`, `ECONNRESET`, `no answer`. */
  readonly outcome: string;
  /** Nothing that would have the client believe what is not so, or leave it without knowing what to do next. */
  readonly honest: boolean;
  /** The order that was accepted, or accepted before. */
  readonly orderId: string | null;
}

/** The client's patience ended first. It does not know whether there is an order now, and asks again under its key. */
export const noAnswer: Heard = { outcome: 'no answer', honest: true, orderId: null };

/**
 * An order is accepted with its id; where it is not, a 5xx says so, or a 409 that its first try still runs, both with the
 * time to wait and the word that it is worth it.
 */
export function heardFrom({ status, headers, body }: Reply): Heard {
  const told = typeof body === 'object' && body !== null ? body : {};
  if (status === 202) {
    const orderId: unknown = Reflect.get(told, 'orderId');
    const known = typeof orderId === 'string';
    return { outcome: '202', honest: known, orderId: known ? orderId : null };
  }
  const isHopeful = Reflect.get(told, 'retryable') === true && Number(headers['retry-after']) > 0;
  const mayPass = status === 503 || status === 409;
  return { outcome: String(status), honest: mayPass ? isHopeful : status >= 500, orderId: null };
}

/** The connection failed: nobody has claimed anything. */
export function heardFromError(error: unknown): Heard {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return { outcome: typeof code === 'string' ? code : String(error), honest: true, orderId: null };
}
