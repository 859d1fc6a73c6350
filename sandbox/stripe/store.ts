import { createEffectLog, type Effect, type EffectLog } from '../shared/effects.ts';
import { openJournal } from '../shared/journal.ts';
import { randomAlphanumeric } from '../shared/ids.ts';
import type { Delivery } from '../shared/webhook-sender.ts';
import type { StoredReply } from './idempotency.ts';
import {
  nowSeconds,
  orderIdOf,
  type Charge,
  type CollectionName,
  type Collections,
  type Intent,
  type Refund,
} from './objects.ts';

type Maps = { [Name in CollectionName]: Map<string, Collections[Name]> };

/** Everything one call changed, and its answer: written as one line before the answer is sent, or not at all. */
interface Line {
  puts?: Partial<Collections>[];
  effects?: Effect[];
  events?: Delivery[];
  reply?: StoredReply;
  settled?: { id: string; outcome: string; attempts: number };
  keysForgotten?: true;
}

type Changes = Line & Required<Pick<Line, 'puts' | 'effects' | 'events'>>;

/** Collects what one call changes. */
export interface Transaction {
  put(objects: Partial<Collections>): void;
  effect(kind: string, subject: Intent | Refund, details: Record<string, unknown>): void;
  /** Announces the object, as it is now, to the webhook endpoint. */
  event(type: string, subject: Intent | Charge | Refund): void;
  /** Keeps the answer under its idempotency key, in one piece with what the call did. */
  keepReply(reply: StoredReply): void;
}

type ReadonlyMaps = { readonly [Name in CollectionName]: ReadonlyMap<string, Collections[Name]> };

export interface Store extends ReadonlyMaps {
  replies: ReadonlyMap<string, StoredReply>;
  effects: EffectLog;
  /** Runs `work`, then writes what it changed as one line, before anyone can be told. */
  transact<T>(origin: Origin, work: (transaction: Transaction) => T): T;
  forgetReplies(): void;
  settle(settled: { id: string; outcome: string; attempts: number }): void;
  /** Events that have not been delivered, oldest first. */
  undelivered(): Delivery[];
  close(): void;
}

/** The request that a change came from, as events and effects tell it. */
export interface Origin {
  requestId: string | null;
  idempotencyKey: string | null;
}

export interface StoreOptions {
  file: string | null;
  apiVersion: string;
  /** False when no webhook endpoint is registered: then there are no events to deliver. */
  announces: boolean;
  onEvent: (delivery: Delivery) => void;
}

const collectionNames = ['intents', 'charges', 'refunds', 'customers', 'cards'] as const;

export function openStore({ file, apiVersion, announces, onEvent }: StoreOptions): Store {
  const maps: Maps = {
    intents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    customers: new Map(),
    cards: new Map(),
  };
  const replies = new Map<string, StoredReply>();
  const effects = createEffectLog();
  const due = new Map<string, Delivery>();

  function keep<Name extends CollectionName>(name: Name, value: Collections[Name] | undefined): void {
    if (value) maps[name].set(value.id, value);
  }

  function keepAll(objects: Partial<Collections>): void {
    for (const name of collectionNames) keep(name, objects[name]);
  }

  function apply(line: Line): void {
    for (const objects of line.puts ?? []) keepAll(objects);
    for (const effect of line.effects ?? []) effects.add(effect);
    for (const event of line.events ?? []) due.set(event.id, event);
    if (line.reply) replies.set(line.reply.key, line.reply);
    if (line.settled) due.delete(line.settled.id);
    if (line.keysForgotten) replies.clear();
  }

  const journal = openJournal<Line>(file, apply);

  function write(line: Line): void {
    journal.append(line);
    apply(line);
  }

  return {
    ...maps,
    replies,
    effects,
    transact(origin, work) {
      const line: Changes = { puts: [], effects: [], events: [] };
      try {
        return work({
          put: (objects) => {
            line.puts.push(objects);
            keepAll(objects); // What follows in the same call reads it.
          },
          effect: (kind, subject, details) => {
            line.effects.push({
              at: new Date().toISOString(),
              kind,
              id: subject.id,
              orderId: orderIdOf(subject.metadata),
              key: origin.idempotencyKey,
              details,
            });
          },
          event: (type, subject) => {
            if (announces) line.events.push(eventFor(type, subject, origin, apiVersion));
          },
          keepReply: (reply) => {
            line.reply = reply;
          },
        });
      } finally {
        if (line.puts.length > 0 || line.reply) {
          write(line);
          for (const event of line.events) onEvent(event);
        }
      }
    },
    forgetReplies: () => write({ keysForgotten: true }),
    settle: (settled) => write({ settled }),
    undelivered: () => [...due.values()],
    close: () => journal.close(),
  };
}

function eventFor(
  type: string,
  subject: Intent | Charge | Refund,
  origin: Origin,
  apiVersion: string,
): Delivery {
  const id = `evt_3${randomAlphanumeric(23)}`;
  const event = {
    id,
    object: 'event',
    api_version: apiVersion,
    created: nowSeconds(),
    data: { object: subject },
    livemode: false,
    pending_webhooks: 1,
    request: { id: origin.requestId, idempotency_key: origin.idempotencyKey },
    type,
  };
  return {
    id,
    type,
    objectId: subject.id,
    orderId: orderIdOf(subject.metadata),
    body: JSON.stringify(event),
  };
}
