import { Director } from '../../test/saga/harness/director.ts';
import { startDoomedWorker } from '../../test/saga/harness/doomed-worker.ts';
import type { Wire } from '../../test/saga/harness/provider-calls.ts';
import { noticeActivityId } from '../../src/domain/ids.ts';
import { hasEnded } from '../../src/domain/order.ts';
import { verifyBooks } from '../shop/books.ts';
import type { Shop } from '../shop/open-shop.ts';
import type { Loss } from '../shop/outages.ts';
import { placeOne } from '../shop/orders.ts';
import type { Control } from '../shop/sandboxes.ts';
import type { Case } from './cases.ts';
import type { OrderWatch } from './order-watch.ts';
import { createOwnWorker } from './own-worker.ts';
import { wentOn, type Course } from './went-on.ts';

/** What dies. The worker is the one that has the order's work in hand; the others are there for all. */
export const victims = ['worker', 'api', 'postgres', 'temporal'] as const;
export type Victim = (typeof victims)[number];

/** How one order went on after the death. */
export interface Death extends Course {
  readonly one: Case;
}

/** A request that is on its way at the moment lands this much later. */
const lateMs = 6_000;

/**
 * Brings an order to each of the points, kills the victim with SIGKILL while all of them are there, and lets them go on: on
 * another worker where it was theirs that died. Throws when an order ends in another way than its story has it, or the books
 * are wrong.
 */
export async function dieAtEveryPoint(
  victim: Victim,
  cases: readonly Case[],
  shop: Shop,
  watch: OrderWatch,
): Promise<Death[]> {
  const { variables } = shop.constellation;
  const director = new Director();
  const heir = await createOwnWorker(variables, director);
  const doomed = await startDoomedWorker({ ...definedOf(variables), LOG_LEVEL: 'fatal' });
  const begunMs = Date.now();
  const begin = async (one: Case): Promise<{ one: Case; orderId: string; driven: Promise<void> }> => {
    const { story, point, holdAfter, wire } = one;
    const orderId = await placeOne(shop.storefront, story.basket);
    director.direct(orderId);
    if (wire) await delay(shop, wire, orderId);
    doomed.tell({ orderId, point, holdAfter });
    const driven = story.drive(orderId, shop, watch);
    driven.catch(() => undefined); // Told below.
    return { one, orderId, driven };
  };

  const patient = await Promise.all(cases.filter((one) => !isFirst(one)).map(begin));
  const held = patient.filter(({ one }) => one.local).map(({ orderId }) => orderId);
  const regular = patient.filter(({ one }) => !one.local).map(({ orderId }) => orderId);
  await Promise.all([doomed.untilHeld(held), doomed.untilReached(regular)]);
  const orders = [...patient, ...(await Promise.all(cases.filter(isFirst).map(begin)))];
  doomed.tell({ go: true });
  await doomed.untilReached(orders.map(({ orderId }) => orderId));

  const diedMs = Date.now();
  if (victim === 'worker') {
    await shop.outages.losing(() => doomed.kill());
    heir.run();
  } else {
    const back = shop.outages.kill(victim);
    doomed.tell({ goOn: true });
    await back;
  }
  await Promise.all(
    orders.map(async ({ one, orderId, driven }) => {
      await driven;
      const { status } = await watch.until(orderId, 'its end', (order) => hasEnded(order.status));
      if (status !== one.story.end) throw new Error(`order ${orderId} is ${status}, not ${one.story.end}`);
    }),
  );
  shop.outages.note(...orders.flatMap(lossOf));
  await verifyBooks(shop, watch.patienceMs);
  if (victim === 'worker') await heir.stop();
  else await doomed.kill();

  /**
   * A worker that dies at a mail may have sent it long before. One that lives may have been held there for longer than an
   * attempt may take, or be taken for dead because Temporal did not hear it.
   */
  function lossOf({ one, orderId }: { one: Case; orderId: string }): Loss[] {
    const [activity, kind] = one.activity.split(' ');
    if (activity !== 'sendNotice' || kind === undefined) return [];
    return [{ workflowId: noticeActivityId(orderId, kind), fromMs: begunMs, toMs: Infinity }];
  }

  const courses = await wentOn(
    shop.pool,
    orders.map(({ orderId }) => orderId),
    diedMs,
  );
  return orders.map(({ one, orderId }) => ({
    one,
    ...(courses.get(orderId) ?? { nextMs: null, endMs: null }),
  }));
}

/** Its order cannot wait for the others anywhere, so it is placed last. */
function isFirst({ local, holdAfter }: Case): boolean {
  return local && holdAfter === null;
}

async function delay(shop: Shop, { sandbox, operation }: Wire, orderId: string): Promise<void> {
  const controls: Readonly<Record<Wire['sandbox'], Control>> = {
    stripe: shop.stripe,
    easypost: shop.carrier,
    mail: shop.mail,
  };
  await controls[sandbox].inject({ operation, match: { orderId }, mode: 'delay', delayMs: lateMs });
}

function definedOf(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
