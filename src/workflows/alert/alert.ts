import { alertActivities } from '../activities.ts';
import type { AlertInput } from './messages.ts';

/** Tells the operators, each way that is set up, for as long as that is of use to anybody. */
export async function alert({ alertId }: AlertInput): Promise<void> {
  await alertActivities.tellOperators({ alertId });
}
