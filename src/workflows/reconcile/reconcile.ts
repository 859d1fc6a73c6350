import { ActivityFailure, ApplicationFailure, patched } from '@temporalio/workflow';
import { reconcileActivities } from '../activities.ts';
import type { ReconcileInput } from './messages.ts';

/** How many findings each part of the pass had. */
type Findings = Record<keyof typeof parts, number>;

const parts = {
  runs: () => reconcileActivities.reconcileRuns(),
  money: () => reconcileActivities.reconcileMoney(),
  parcels: () => reconcileActivities.reconcileParcels(),
  books: () => reconcileActivities.reconcileBooks(),
  schedules: () => reconcileActivities.reconcileSchedules(),
  jobs: () => reconcileActivities.reconcileJobs(),
} as const;

/**
 * One pass over everything that the runs themselves never see. Of orders lost runs come first and balances last, so that what
 * was repaired is not reported; ticks come before jobs, which they make. A part that fails holds up no other; the pass then
 * fails, and the next one looks again.
 */
export async function reconcile(_input: ReconcileInput): Promise<Findings> {
  const failed: string[] = [];
  async function look(part: keyof Findings): Promise<number> {
    try {
      return await parts[part]();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      failed.push(part);
      return 0;
    }
  }
  const findings: Findings = {
    runs: await look('runs'),
    money: await look('money'),
    parcels: await look('parcels'),
    books: await look('books'),
    // A pass that began under a release without one of these ends without it.
    schedules: patched('look at schedules') ? await look('schedules') : 0,
    jobs: patched('look at jobs') ? await look('jobs') : 0,
  };
  if (failed.length > 0) {
    throw ApplicationFailure.nonRetryable(`not looked through: ${failed.join(', ')}`, 'ReconcileIncomplete');
  }
  return findings;
}
