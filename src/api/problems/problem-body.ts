import { problems, problemType, type InputError, type Problem } from './errors.ts';

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly traceId: string;
  readonly retryable: boolean;
  readonly errors?: readonly InputError[];
}

/** A problem as it is sent (RFC 9457); `instance` is the path without its query, which may hold anything. */
export function problemBody(problem: Problem, instance: string, traceId: string): ProblemBody {
  const { status, title, retryable } = problems[problem.problem];
  return {
    type: problemType(problem.problem),
    title,
    status,
    detail: problem.detail,
    instance,
    traceId,
    retryable,
    ...(problem.errors && { errors: problem.errors }),
  };
}
