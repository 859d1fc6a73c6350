import { webhookModes, type Faults } from './faults.ts';

/** An event on its way to our webhook endpoint. */
export interface Delivery {
  /** The event's id. */
  id: string;
  /** The event's type, for example `payment_intent.succeeded`. */
  type: string;
  /** The object the event is about. */
  objectId: string;
  orderId: string | null;
  /** The exact bytes that are signed and sent. */
  body: string;
}

export interface WebhookSenderOptions {
  /** Where events go; null when nobody listens: then events are not sent at all. */
  url: string | null;
  /** The headers that go with one attempt, the signature with its time among them. */
  sign: (body: string, url: URL) => Record<string, string>;
  faults: Faults;
  /** Called once a delivery needs no further attempt. */
  onSettled: (id: string, outcome: 'delivered' | 'dropped', attempts: number) => void;
}

/** Sends events until each has been answered with 2xx, as fast as a local stand-in should. */
export interface WebhookSender {
  enqueue(delivery: Delivery): void;
  /** How many deliveries are still due. */
  pending(): number;
  /** Ends every attempt under way; what is still due is sent again after the next start. */
  stop(): void;
}

const firstRetryMs = 200;
const maxRetryMs = 5_000;
const attemptTimeoutMs = 10_000;
const maxConcurrent = 32;

export function createWebhookSender({ url, sign, faults, onSettled }: WebhookSenderOptions): WebhookSender {
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => void)[] = [];
  /** Deliveries held back until another event of the same object has been delivered. */
  const overtaken = new Map<string, (() => void)[]>();
  let pending = 0;
  let running = 0;

  function later(ms: number, task: () => void): () => void {
    let done = false;
    const once = () => {
      if (done || stopping.signal.aborted) return;
      done = true;
      clearTimeout(timer);
      timers.delete(timer);
      task();
    };
    const timer = setTimeout(once, ms);
    timers.add(timer);
    return once;
  }

  async function attempt(delivery: Delivery, endpoint: URL): Promise<boolean> {
    if (running >= maxConcurrent) await new Promise<void>((resolve) => waiting.push(resolve));
    if (stopping.signal.aborted) return false;
    running += 1;
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...sign(delivery.body, endpoint) },
        body: delivery.body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(attemptTimeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  async function deliver(delivery: Delivery, endpoint: URL, attempts: number, copies: number): Promise<void> {
    const delivered = await attempt(delivery, endpoint);
    if (stopping.signal.aborted) return;
    if (!delivered) {
      later(retryDelayMs(attempts), () => void deliver(delivery, endpoint, attempts + 1, copies));
      return;
    }
    if (copies > 1) {
      await deliver(delivery, endpoint, attempts + 1, copies - 1);
      return;
    }
    settle(delivery, 'delivered', attempts);
    const released = overtaken.get(delivery.objectId) ?? [];
    overtaken.delete(delivery.objectId);
    for (const release of released) release();
  }

  function settle({ id }: Delivery, outcome: 'delivered' | 'dropped', attempts: number): void {
    pending -= 1;
    onSettled(id, outcome, attempts);
  }

  return {
    enqueue(delivery) {
      if (url === null || stopping.signal.aborted) return;
      pending += 1;
      const endpoint = new URL(url);
      const { type, objectId, orderId } = delivery;
      const fault = faults.take({ operation: `webhook.${type}`, id: objectId, orderId }, webhookModes);
      const begin = (copies = 1) => void deliver(delivery, endpoint, 1, copies);
      if (fault === undefined) begin();
      else if (fault.mode === 'twice') begin(2);
      else if (fault.mode === 'drop') settle(delivery, 'dropped', 0);
      else {
        const release = later(fault.delayMs, begin);
        if (fault.mode !== 'out_of_order') return;
        overtaken.set(objectId, [...(overtaken.get(objectId) ?? []), release]);
      }
    },
    pending: () => pending,
    stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      for (const proceed of waiting.splice(0)) proceed();
    },
  };
}

/** Doubles from attempt to attempt, with a fifth of jitter. */
function retryDelayMs(attempts: number): number {
  const delay = Math.min(firstRetryMs * 2 ** (attempts - 1), maxRetryMs);
  return delay * (0.8 + 0.4 * Math.random());
}
