import type { z } from 'zod';
import type { JobView, WholeJob } from '../../db/jobs/read.ts';
import { batchWorkflowId, jobWorkflowId } from '../../domain/ids.ts';
import { hasJobEnded, publicStatus } from '../../domain/job.ts';
import type { ApiContext } from '../api-context.ts';
import type { job, wholeJob } from '../schemas/job.ts';
import { askAgain } from './accepted-job.ts';
import { jobLinks, linkedUntil, workflowUrl } from './links.ts';

type BodyContext = Pick<ApiContext, 'settings' | 'temporal' | 'files'>;

/** A job as it is sent in a list. */
export async function jobBody(view: JobView, context: BodyContext): Promise<z.input<typeof job>> {
  const { jobId, type, status, errorType, errorDetail } = view;
  return {
    jobId,
    type,
    status: publicStatus(status),
    progress: { percent: view.progressPercent ?? 0, message: view.progressMessage },
    attempts: view.attempts,
    round: view.round,
    priority: view.priority,
    uniqueKey: view.uniqueKey,
    orderingKey: view.orderingKey,
    result: view.result,
    error: errorType === null ? null : { type: errorType, detail: errorDetail ?? errorType },
    downloadUrl: await downloadUrlOf(view, context),
    cancelRequestedAt: textOf(view.cancelRequestedAt),
    enqueuedAt: view.enqueuedAt.toISOString(),
    runAt: view.runAt.toISOString(),
    expiresAt: textOf(view.expiresAt),
    startedAt: textOf(view.startedAt),
    finishedAt: textOf(view.finishedAt),
    links: { ...jobLinks(jobId), workflow: workflowUrlOf(view, context) },
  };
}

/** The same with all that is known of it. */
export async function wholeJobBody(view: WholeJob, context: BodyContext): Promise<z.input<typeof wholeJob>> {
  return {
    ...(await jobBody(view, context)),
    input: view.input,
    requestedBy: view.requestedBy,
    callbackOrigin: view.callbackUrl === null ? null : new URL(view.callbackUrl).origin,
    failedAttempts: view.failedAttempts.map(({ errorType, errorDetail, startedAt, endedAt, ...attempt }) => ({
      ...attempt,
      error: { type: errorType, detail: errorDetail },
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
    })),
  };
}

/** The run that has the job, or had it last; null while there was none. Only a first attempt is made in a batch's run. */
function workflowUrlOf({ jobId, dispatch, batch, attempts }: JobView, context: BodyContext): string | null {
  if (dispatch === 0) return null;
  const inBatch = batch !== null && attempts <= 1;
  return workflowUrl(inBatch ? batchWorkflowId(batch) : jobWorkflowId(jobId, dispatch), context);
}

/** The link to the file that the job has made; null where there is none, or none any more. */
export async function downloadUrlOf(
  { fileKey: key, fileName: name, fileMediaType: mediaType, fileExpiresAt }: JobView,
  { settings, files }: Pick<ApiContext, 'settings' | 'files'>,
): Promise<string | null> {
  if (key === null || name === null || mediaType === null || fileExpiresAt === null) return null;
  const now = new Date();
  if (fileExpiresAt <= now) return null;
  const until = linkedUntil(now, settings);
  return files.link({ key, name, mediaType }, fileExpiresAt < until ? fileExpiresAt : until);
}

/** What a client is told to wait before it asks again, while the job goes on. */
export function pollHeaders({ status }: Pick<JobView, 'status'>): Record<string, string> {
  return hasJobEnded(status) ? {} : askAgain;
}

function textOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
