export const reconcileWorkflowType = 'reconcile';

/** The schedule's id, and the stem of its runs' ids. */
export const reconcileScheduleId = 'reconcile';

/** The input of a pass. */
export interface ReconcileInput {
  readonly version: 1;
}
