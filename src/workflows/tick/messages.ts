export const tickWorkflowType = 'tick';

/** The stem of the ids of its runs; Temporal adds the time. */
export function tickWorkflowId(scheduleId: string): string {
  return `tick-${scheduleId}`;
}

/** The input of the run that Temporal starts at each tick of a schedule. */
export interface TickInput {
  readonly version: 1;
  readonly scheduleId: string;
  /** Tells the settings that Temporal has from others; the run itself reads them in Postgres. */
  readonly settings: string;
}
