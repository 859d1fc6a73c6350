export const alertWorkflowType = 'alert';

/** The input of an alert's workflow. */
export interface AlertInput {
  readonly version: 1;
  readonly alertId: string;
}
