import type { RegisteredJob } from '../activities/jobs/job-handler.ts';

/** The same job with at most so many attempts in a round; as its type says where nothing is said. */
export function atMost(attempts: number | null): (registered: RegisteredJob) => RegisteredJob {
  return ({ type, handle }) => {
    const maxAttempts = Math.min(type.retry.maxAttempts, attempts ?? Number.POSITIVE_INFINITY);
    return { type: { ...type, retry: { ...type.retry, maxAttempts } }, handle };
  };
}
