import type { OutboxMessage } from '../db/outbox.ts';

/** The message by which an order's workflow is started: the first of its lane, so it can go out unlooked-for. */
export type StartOrder = Extract<OutboxMessage, { kind: 'start_order' }>;

/** Brings what the outbox holds to where it belongs: at least once, in order per lane, shared among all relays. */
export interface Relay {
  /**
   * Delivers an entry right after its commit, in the background. The entry was born leased for `config.relay.leaseMs`;
   * where it cannot go out at once, it is left to the lease's end and the next look at the outbox.
   */
  deliverNow(entryId: number, orderId: string, message: StartOrder): void;
  /** Says that something was committed: the outbox is looked at without waiting for the pause to end. */
  wake(): void;
  start(): void;
  /** Takes up nothing new, finishes what is under way within `timeoutMs`, and gives the rest back. */
  drain(timeoutMs: number): Promise<void>;
}
