/** The mails that an order's customer gets, each at most once an order. */
export const noticeKinds = ['confirmed', 'shipped', 'failed', 'cancelled'] as const;
export type NoticeKind = (typeof noticeKinds)[number];
