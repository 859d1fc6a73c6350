/** The mails that an order's customer gets, each at most once an order. */
export const noticeKinds = ['confirmed', 'shipped', 'failed', 'cancelled'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Which mail about which order. */
export interface NoticeRef {
  readonly orderId: string;
  readonly kind: NoticeKind;
}

/** The activity of a notice: an interface between the relay, which starts it, and the workers that do it. */
export interface NoticeActivities {
  /** Sends the mail, unless it has been sent. */
  sendNotice(notice: NoticeRef): Promise<void>;
}
