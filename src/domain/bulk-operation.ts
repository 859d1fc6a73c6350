import type { JobStatus } from './job.ts';

/** What many are told at once. */
export const bulkActions = ['retry', 'cancel'] as const;
export type BulkAction = (typeof bulkActions)[number];

/** Which ones: jobs that stand so, or orders that need attention. Times are RFC 3339 in UTC. */
export type BulkFilter =
  | {
      readonly of: 'jobs';
      readonly statuses: readonly JobStatus[];
      readonly type?: string;
      readonly errorType?: string;
      readonly enqueuedAfter?: string;
      readonly enqueuedBefore?: string;
    }
  | {
      readonly of: 'orders';
      /** The step that does not succeed, and why. */
      readonly step?: string;
      readonly reason?: string;
      readonly since?: string;
      readonly before?: string;
    };

/** How many one operation is about at most. */
export const maxBulkItems = 100_000;
