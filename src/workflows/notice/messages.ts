import type { NoticeKind } from '../../domain/notice.ts';

export const noticeWorkflowType = 'notice';

/** The input of a notice's workflow: which mail to send about which order. */
export interface NoticeInput {
  readonly version: 1;
  readonly orderId: string;
  readonly kind: NoticeKind;
}
