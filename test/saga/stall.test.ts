import { afterAll, expect, test } from 'vitest';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { refused } from '../../src/domain/failures.ts';
import { fetchHistory, toJson } from '../support/histories.ts';
import { startStage } from './harness/stage.ts';
import { neverFetched } from './harness/stories.ts';

const stage = await startStage();
afterAll(() => stage.close());

test('an answer that no step has stalls the run for an engineer, and fails no order', async () => {
  const order = await stage.place(neverFetched);
  stage.director.direct(order.id, {
    buyLabel: async () => Promise.reject(refused('MailRefused', 'an answer to another question')),
  });
  const { client } = stage.rig.temporal;
  const runs = () => fetchHistory(client, orderWorkflowId(order.id));
  await expect
    .poll(async () => toJson((await runs()) ?? { workflowId: '', history: {} }), { timeout: 20_000 })
    .toContain('a step ended in a way that no order can');
  const { status } = await client.workflow.getHandle(orderWorkflowId(order.id)).describe();
  expect(status.name).toBe('RUNNING');
  expect(await stage.shop.read(order.id)).toMatchObject({ status: 'confirmed', failure: null });
});
