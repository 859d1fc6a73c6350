export const webhooksWorkflowType = 'webhooks';

/** Attempts have slots of their own: a receiver that hangs takes none from mails or orders. */
export const webhooksTaskQueue = 'webhooks';

/** The input of a turn: whose deliveries it sees to. */
export interface WebhooksInput {
  readonly version: 1;
  readonly destinationId: string;
}
