import { afterAll, expect, test, vi } from 'vitest';
import { startDoomedWorker } from './harness/doomed-worker.ts';
import { startStage } from './harness/stage.ts';
import { completes } from './harness/stories.ts';

vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage({ worker: false });
afterAll(() => stage.close());

test('an operator’s word is kept when the worker dies before it knows that it has called', async () => {
  const [healthy, doomed] = await Promise.all([
    stage.rig.createWorker(),
    startDoomedWorker(stage.rig.variables),
  ]);
  const order = await stage.place(completes);
  stage.director.direct(order.id);
  const point = { label: 'raiseAttention', when: 'after' } as const;
  doomed.tell({ orderId: order.id, point, holdAfter: null, failing: 'buyLabel' });
  await doomed.untilReached([order.id]);
  expect(await stage.shop.retry(order.id)).toBe(202);
  await stage.watch.until(order.id, 'the word to be passed on', ({ owed, told }) => owed === 0 && told > 0);
  await doomed.kill();
  healthy.run();
  expect(await stage.finish(order, completes)).toEqual([]);
});
