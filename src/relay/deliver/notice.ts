import { ActivityExecutionAlreadyStartedError, type ActivityOptions } from '@temporalio/client';
import type { NoticePayload } from '../../db/outbox.ts';
import { noticeActivityId } from '../../domain/ids.ts';
import type { NoticeActivities } from '../../domain/notice.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { noticesTaskQueue } from '../../workflows/order/messages.ts';

/** Tried for as long as it takes; an attempt that fails says itself how long to wait. */
const telling = {
  taskQueue: noticesTaskQueue,
  startToCloseTimeout: '20s',
  heartbeatTimeout: '4s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const satisfies Partial<ActivityOptions>;

/** Starts the durable activity that sends a mail; each mail of an order has one, ever, unless that one was lost. */
export async function startNotice(
  temporal: Temporal,
  orderId: string,
  { notice: kind, again = false }: NoticePayload,
): Promise<void> {
  try {
    await temporal.client.activity.typed<NoticeActivities>().start('sendNotice', {
      ...telling,
      id: noticeActivityId(orderId, kind),
      args: [{ orderId, kind }],
      idReusePolicy: again ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      idConflictPolicy: 'USE_EXISTING',
      summary: `Mail · ${kind}`,
    });
  } catch (error) {
    if (!(error instanceof ActivityExecutionAlreadyStartedError)) throw error;
  }
}
