import { createEffectLog, type Effect, type EffectLog } from '../shared/effects.ts';
import { randomHex } from '../shared/ids.ts';
import { openJournal } from '../shared/journal.ts';
import type { Delivery } from '../shared/webhook-sender.ts';
import { toJson } from './json.ts';
import type { CollectionName, Collections } from './objects.ts';

/** Everything one call or one move of the carrier changed: written as one line, or not at all. */
interface Line {
  puts?: Partial<Collections>[];
  effects?: Effect[];
  events?: Delivery[];
  settled?: { id: string; outcome: string; attempts: number };
}

type Changes = Required<Pick<Line, 'puts' | 'effects' | 'events'>>;

/** Collects what one call changes. */
export interface Transaction {
  put(objects: Partial<Collections>): void;
  effect(effect: Omit<Effect, 'at'>): void;
  /** Announces the object, as it is now, to the webhook endpoint. */
  event(event: Announcement): void;
}

export interface Announcement {
  /** For example `tracker.updated`. */
  description: string;
  result: { id: string; object: string };
  previous: Record<string, unknown>;
  orderId: string | null;
}

type Maps = { [Name in CollectionName]: Map<string, Collections[Name]> };
type ReadonlyMaps = { readonly [Name in CollectionName]: ReadonlyMap<string, Collections[Name]> };

export interface Store extends ReadonlyMaps {
  effects: EffectLog;
  /** Runs `work`, then writes what it changed as one line, before anyone can be told. */
  transact<T>(work: (transaction: Transaction) => T): T;
  settle(settled: { id: string; outcome: string; attempts: number }): void;
  /** Events that have not been delivered, oldest first. */
  undelivered(): Delivery[];
  /** The latest shipment with this reference; references need not be unique. */
  shipmentByReference(reference: string): Collections['shipments'] | undefined;
  trackerByCode(trackingCode: string): Collections['trackers'] | undefined;
  close(): void;
}

export interface StoreOptions {
  file: string | null;
  /** Where events go; null when no webhook is registered: then there are no events. */
  webhookUrl: string | null;
  onEvent: (delivery: Delivery) => void;
  /** Called for what was written. */
  onKept: (objects: Partial<Collections>) => void;
}

const collectionNames = ['addresses', 'shipments', 'trackers', 'journeys', 'pendingRefunds'] as const;

export function openStore({ file, webhookUrl, onEvent, onKept }: StoreOptions): Store {
  const maps: Maps = {
    addresses: new Map(),
    shipments: new Map(),
    trackers: new Map(),
    journeys: new Map(),
    pendingRefunds: new Map(),
  };
  const byReference = new Map<string, string>();
  const byCode = new Map<string, string>();
  const effects = createEffectLog();
  const due = new Map<string, Delivery>();

  function keep<Name extends CollectionName>(name: Name, value: Collections[Name] | undefined): void {
    if (value) maps[name].set(value.id, value);
  }

  function keepAll(objects: Partial<Collections>): void {
    for (const name of collectionNames) keep(name, objects[name]);
    const { shipments: shipment, trackers: tracker } = objects;
    if (shipment?.reference) byReference.set(shipment.reference, shipment.id);
    if (tracker) byCode.set(tracker.tracking_code, tracker.id);
  }

  function apply(line: Line): void {
    for (const objects of line.puts ?? []) keepAll(objects);
    for (const effect of line.effects ?? []) effects.add(effect);
    for (const event of line.events ?? []) due.set(event.id, event);
    if (line.settled) due.delete(line.settled.id);
  }

  const journal = openJournal<Line>(file, apply);

  function write(line: Line): void {
    journal.append(line);
    apply(line);
  }

  return {
    ...maps,
    effects,
    transact(work) {
      const changes: Changes = { puts: [], effects: [], events: [] };
      try {
        return work({
          put: (objects) => {
            changes.puts.push(objects);
            keepAll(objects); // What follows in the same call reads it.
          },
          effect: (effect) => {
            changes.effects.push({ at: new Date().toISOString(), ...effect });
          },
          event: (announcement) => {
            if (webhookUrl !== null) changes.events.push(eventFor(announcement, webhookUrl));
          },
        });
      } finally {
        if (changes.puts.length > 0) {
          write(changes);
          for (const event of changes.events) onEvent(event);
          for (const objects of changes.puts) onKept(objects);
        }
      }
    },
    settle: (settled) => write({ settled }),
    undelivered: () => [...due.values()],
    shipmentByReference: (reference) => maps.shipments.get(byReference.get(reference) ?? ''),
    trackerByCode: (trackingCode) => maps.trackers.get(byCode.get(trackingCode) ?? ''),
    close: () => journal.close(),
  };
}

function eventFor({ description, result, previous, orderId }: Announcement, webhookUrl: string): Delivery {
  const id = `evt_${randomHex(32)}`;
  const now = new Date().toISOString();
  const event = {
    id,
    object: 'Event',
    mode: 'test',
    description,
    previous_attributes: previous,
    created_at: now,
    updated_at: now,
    pending_urls: [webhookUrl],
    completed_urls: [],
    user_id: 'user_sandbox',
    status: 'pending',
    result,
  };
  return { id, type: description, objectId: result.id, orderId, body: toJson(event) };
}
