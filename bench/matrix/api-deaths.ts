import { randomUUID } from 'node:crypto';
import { Director } from '../../test/saga/harness/director.ts';
import { hasEnded, type OrderStatus } from '../../src/domain/order.ts';
import { untilAtRest, verifyBooks } from '../shop/books.ts';
import type { Shop } from '../shop/open-shop.ts';
import { until } from '../shop/wait.ts';
import { apiPoints, type ApiDeed, type ApiPoint } from './api-points.ts';
import type { OrderWatch } from './order-watch.ts';
import { createOwnWorker } from './own-worker.ts';
import { buys, cancelWhenPaid, parcelOf, paid } from './stories.ts';
import { wentOn, type Course } from './went-on.ts';

/** How an order went on after the API had died in the midst of something that it did for it. */
export interface ApiDeath extends Course {
  readonly one: ApiPoint;
}

interface Scene {
  readonly shop: Shop;
  readonly watch: OrderWatch;
  readonly director: Director;
}

/** Something that the API does for an order, and how it is brought to do it. */
interface Deed {
  readonly end: OrderStatus;
  /** Brings an order to where the deed comes next; null where the deed begins with it. */
  prepare(scene: Scene): Promise<string | null>;
  /** Asks for the deed, again where that is not answered; gives the order. */
  ask(scene: Scene, orderId: string | null): Promise<string>;
  /** Does what the order needs to end. */
  finish(scene: Scene, orderId: string): Promise<unknown>;
}

const retryMs = 100;

/**
 * Kills the API with SIGKILL at each point of its own work, one after the other: it is stopped there on its way to Postgres
 * or Temporal. Throws when an order does not end as it has to, or the books are wrong.
 */
export async function dieInTheApi(shop: Shop, watch: OrderWatch): Promise<ApiDeath[]> {
  const director = new Director();
  const worker = await createOwnWorker(shop.constellation.variables, director);
  worker.run();
  const deaths: ApiDeath[] = [];
  for (const one of apiPoints) {
    deaths.push(await die(one, { shop, watch, director }));
    await untilAtRest(shop, watch.patienceMs);
  }
  await verifyBooks(shop, watch.patienceMs);
  await worker.stop();
  return deaths;
}

async function die(one: ApiPoint, scene: Scene): Promise<ApiDeath> {
  const { shop, watch } = scene;
  const deed = deeds[one.activity];
  const prepared = await deed.prepare(scene);
  // A process that is new says each statement in full once, by which it is known.
  await shop.constellation.part('api').restart();
  const sprung = shop.link(one.to).trap(one.texts, one.when);
  const asking = deed.ask(scene, prepared);
  await sprung;
  const diedMs = Date.now();
  await shop.outages.kill('api');
  const orderId = await asking;
  await deed.finish(scene, orderId);
  const { status } = await watch.until(orderId, 'its end', (order) => hasEnded(order.status));
  if (status !== deed.end) throw new Error(`order ${orderId} is ${status}, not ${deed.end}`);
  const course = (await wentOn(shop.pool, [orderId], diedMs)).get(orderId);
  return { one, nextMs: course?.nextMs ?? null, endMs: course?.endMs ?? null };
}

const placing: Deed = {
  end: 'completed',
  prepare: async () => null,
  ask: place,
  finish: bring,
};

const deeds: Readonly<Record<ApiDeed, Deed>> = {
  'POST /orders': placing,
  'start of the run': placing,
  'POST /webhooks/easypost': {
    end: 'completed',
    prepare: place,
    ask: fetchParcel,
    finish: bring,
  },
  'POST /orders/{id}/cancel': {
    end: 'cancelled',
    async prepare(scene) {
      const orderId = await place(scene);
      await paid(orderId, scene.watch);
      return orderId;
    },
    ask: cancel,
    finish: async () => undefined,
  },
};

async function place({ shop, watch, director }: Scene): Promise<string> {
  const key = randomUUID();
  const tryOnce = async () => {
    const { status, body } = await shop.storefront.place(buys, key);
    return status === 202 ? body.orderId : undefined;
  };
  const orderId = await until('an order is accepted', watch.patienceMs, tryOnce, retryMs);
  director.direct(orderId);
  return orderId;
}

/** The carrier tells until it is heard. */
async function fetchParcel({ shop, watch }: Scene, orderId: string | null): Promise<string> {
  const known = present(orderId);
  await shop.carrier.advance(await parcelOf(known, watch), 'in_transit');
  return known;
}

async function bring({ shop, watch }: Scene, orderId: string): Promise<void> {
  await shop.carrier.advance(await parcelOf(orderId, watch), 'delivered');
}

async function cancel({ shop, watch }: Scene, orderId: string | null): Promise<string> {
  const known = present(orderId);
  await cancelWhenPaid(known, shop, watch);
  return known;
}

function present(orderId: string | null): string {
  if (orderId === null) throw new Error('there is no order yet');
  return orderId;
}
