import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { fetchHistory } from '../support/histories.ts';
import { startStage, type Stage } from './harness/stage.ts';
import { completes } from './harness/stories.ts';

const { History } = proto.temporal.api.history.v1;

/** What an order of one shipment may cost (design: the budget of an order). */
const budget = { eventsAtConfirmed: 20, eventsAtCompleted: 45, searchAttributeWrites: 3 };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test('an order of one shipment stays within its budget of history events', async () => {
  expect(await stage.play(completes)).toEqual([]);
  const [orderId = ''] = stage.placed.keys();
  const fetched = await fetchHistory(stage.rig.temporal.client, orderWorkflowId(orderId));
  const { events } = History.fromObject(Object(fetched?.history));
  const confirmed = events.find(({ markerRecordedEventAttributes: marker }) =>
    Object.values(marker?.details ?? {})
      .flatMap(({ payloads }) => payloads ?? [])
      .some(({ data }) => data && Buffer.from(data).includes('"confirmOrder"')),
  );
  const upserts = events.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes);
  const spent = {
    eventsAtConfirmed: Number(confirmed?.eventId),
    eventsAtCompleted: events.length,
    searchAttributeWrites: upserts.length + 1, // And those that it was started with.
  };
  console.log('history of an order:', JSON.stringify({ spent, budget }));
  expect(spent.eventsAtConfirmed).toBeLessThanOrEqual(budget.eventsAtConfirmed);
  expect(spent.eventsAtCompleted).toBeLessThanOrEqual(budget.eventsAtCompleted);
  expect(spent.searchAttributeWrites).toBeLessThanOrEqual(budget.searchAttributeWrites);
});
