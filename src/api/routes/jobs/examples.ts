import type { z } from 'zod';
import type { wholeJob } from '../../schemas/job.ts';

/** What the document shows; one job through all of it. */
export const exampleJobId = '019aab2f-1c3e-7b51-8a3d-5f0c9d0d6b1a';

export const exampleNewJob = {
  type: 'export-orders',
  input: { format: 'csv', filter: { status: 'completed' } },
  uniqueKey: 'orders-2026-01-15',
};

export const exampleAcceptedJob = {
  jobId: exampleJobId,
  type: 'export-orders',
  status: 'queued',
  created: true,
  links: { self: `/jobs/${exampleJobId}`, events: `/jobs/${exampleJobId}/events` },
} as const;

const { links } = exampleAcceptedJob;

export const exampleJob = {
  jobId: exampleJobId,
  type: 'export-orders',
  status: 'running',
  progress: { percent: 42, message: '42,000 of 100,000 orders' },
  attempts: 1,
  round: 1,
  priority: 0,
  uniqueKey: 'orders-2026-01-15',
  orderingKey: null,
  result: null,
  error: null,
  downloadUrl: null,
  cancelRequestedAt: null,
  enqueuedAt: '2026-01-15T09:30:00.000Z',
  runAt: '2026-01-15T09:30:00.000Z',
  expiresAt: null,
  startedAt: '2026-01-15T09:30:00.041Z',
  finishedAt: null,
  links: {
    ...links,
    workflow: `http://localhost:8233/namespaces/default/workflows/job-${exampleJobId}-1`,
  },
} as const;

export const exampleCallback = {
  id: '019aab2f-9d20-7a3b-8c4d-2f1e0d9c8b7a',
  webhookId: `job_${exampleJobId}_3`,
  type: 'job.completed',
  occurredAt: '2026-01-15T09:31:12.412Z',
  status: 'delivered',
  attempts: [{ at: '2026-01-15T09:31:12.530Z', durationMs: 118, httpStatus: 204, error: null, answer: null }],
  nextAttemptAt: null,
  createdAt: '2026-01-15T09:31:12.412Z',
} as const;

export const exampleWholeJob: z.input<typeof wholeJob> = {
  ...exampleJob,
  input: exampleNewJob.input,
  requestedBy: 'storefront',
  callbackOrigin: 'https://shop.example',
  failedAttempts: [],
};
