import { cancelSignal } from '../../../src/workflows/order/messages.ts';
import { orderWorkflowId } from '../../../src/domain/ids.ts';
import type { StagedOrder, Stage, Story } from './stage.ts';
import { codeOf, paid } from './stories.ts';

/** Somebody sends the run the cancel signal itself, past the API, while a cancel is still possible. */
export const signalledWhenPaid: Story = {
  name: 'an order whose run is sent the cancel signal by hand',
  end: 'cancelled',
  async drive(order, stage) {
    await paid(order, stage);
    await tellToCancel(order, stage);
  },
};

/** The same when the carrier has the parcel: the order goes on. */
export const signalledOnItsWay: Story = {
  name: 'an order whose run is sent the cancel signal by hand, too late',
  end: 'completed',
  async drive(order, stage) {
    await paid(order, stage);
    const { carrier } = stage.sandboxes.easypost;
    const code = codeOf(order, stage) ?? '';
    carrier.advance(code, 'in_transit');
    await stage.watch.until(order.id, 'its dispatch', (now) => now.fulfillmentStatus === 'shipped');
    await tellToCancel(order, stage);
    await goesOn(order, stage);
    carrier.advance(code, 'delivered');
  },
};

export async function tellToCancel({ id }: StagedOrder, { rig }: Stage): Promise<void> {
  await rig.temporal.client.workflow.getHandle(orderWorkflowId(id)).signal(cancelSignal);
}

/** Until the cancel has been refused and the run looks where it was. */
export async function goesOn({ id }: StagedOrder, { watch, director }: Stage): Promise<void> {
  const hasLooked = () => director.recordsOf(id).some(({ label }) => label === 'resumePoint');
  await watch.until(id, 'the refusal of the cancel', hasLooked);
}
