import { noticeActivities } from '../activities.ts';
import { refusalOf } from '../failures.ts';
import type { NoticeInput } from './messages.ts';

/** Sends one mail about an order, for as long as it takes; a mail refused for good is written down (law 9). */
export async function notice({ orderId, kind }: NoticeInput): Promise<'sent' | 'refused'> {
  try {
    await noticeActivities.sendNotice({ orderId, kind });
    return 'sent';
  } catch (error) {
    if (!refusalOf(error)) throw error;
    await noticeActivities.noteRefusedNotice({ orderId, kind });
    return 'refused';
  }
}
