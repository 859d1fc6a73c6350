import { afterAll, describe, expect, test, vi } from 'vitest';
import { startDoomedWorker } from './harness/doomed-worker.ts';
import { startStage } from './harness/stage.ts';
import { neverFetched } from './harness/stories.ts';

vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage({ worker: false });
afterAll(() => stage.close());

/** What is committed within a workflow task is lost to the run with that task, and a cancel comes before it is done again. */
describe('an order that is cancelled when its worker has died', () => {
  test.each(['reserveStock', 'confirmOrder'])(
    'behind the commit of %s has all of it undone',
    async (label) => {
      const doomed = await startDoomedWorker(stage.rig.variables);
      const order = await stage.place(neverFetched);
      stage.director.direct(order.id);
      doomed.tell({ orderId: order.id, point: { label, when: 'after' }, holdAfter: null });
      await doomed.untilReached([order.id]);
      await doomed.kill();
      expect(await stage.shop.cancel(order.id)).toBe(202);
      await stage.watch.until(order.id, 'the cancel to be passed on', ({ owed }) => owed === 0);
      const healthy = await stage.rig.createWorker();
      healthy.run();
      expect(await stage.finish(order, neverFetched, { end: () => 'cancelled' })).toEqual([]);
      await healthy.stop();
    },
  );
});
