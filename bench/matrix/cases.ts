import { crashPointsOf, type Crash } from '../../test/saga/harness/crash-points.ts';
import { Director } from '../../test/saga/harness/director.ts';
import { hasEnded } from '../../src/domain/order.ts';
import { untilAtRest } from '../shop/books.ts';
import type { Shop } from '../shop/open-shop.ts';
import { placeOne } from '../shop/orders.ts';
import type { OrderWatch } from './order-watch.ts';
import { createOwnWorker } from './own-worker.ts';
import { stories, type Story } from './stories.ts';

/** A point in the life of an order at which something dies. */
export interface Case extends Crash {
  readonly story: Story;
}

/** Plays every story undisturbed and gives every point that their activities have, each once. */
export async function findCases(shop: Shop, watch: OrderWatch): Promise<Case[]> {
  const director = new Director();
  const worker = await createOwnWorker(shop.constellation.variables, director);
  worker.run();
  const played = [];
  for (const story of stories) {
    const orderId = await placeOne(shop.storefront, story.basket);
    director.direct(orderId);
    await story.drive(orderId, shop, watch);
    await watch.until(orderId, 'its end', ({ status }) => hasEnded(status));
    await untilAtRest(shop, watch.patienceMs);
    played.push({ story, records: director.recordsOf(orderId) });
  }
  await worker.stop();
  const cases = played.flatMap(({ story, records }) =>
    crashPointsOf(records).map((crash) => ({ ...crash, story })),
  );
  return [...Map.groupBy(cases, nameOf).values()].flatMap(([first]) => first ?? []);
}

/** In which activity, and where in it. */
export function nameOf({ activity, where }: Pick<Case, 'activity' | 'where'>): string {
  return `${activity}, ${where}`;
}
