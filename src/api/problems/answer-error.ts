import type { ErrorRequestHandler } from 'express';
import { Failure } from '../../domain/failures.ts';
import type { ApiContext } from '../api-context.ts';
import { exchangeOf, sendProblem } from '../http/exchange.ts';
import { retryAfterUnavailableSeconds } from '../limits.ts';
import { Problem, problemOfFailure } from './errors.ts';

/** Answers whatever was thrown below a route. A defect is logged in full and told in general. */
export function answerError({ logger }: ApiContext): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = toProblem(error);
    if (problem.problem === 'internal-error') {
      const { trace, route } = exchangeOf(response);
      logger.error(
        { event: 'requestFailed', err: error, traceId: trace.traceId, route },
        'a request met a defect',
      );
    }
    if (response.headersSent) response.destroy();
    else sendProblem(request, response, problem);
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Failure) {
    return problemOfFailure(error, retryAfterUnavailableSeconds) ?? new Problem('internal-error');
  }
  return problemOfHttpError(error) ?? new Problem('internal-error');
}

/** What Express and its body parser throw: errors of the `http-errors` kind, for the client's part of the blame. */
function problemOfHttpError(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  switch (error.status) {
    case 400:
      return new Problem('malformed-request');
    case 413:
      return new Problem(
        'payload-too-large',
        `The limit is ${'limit' in error ? String(error.limit) : 'fewer'} bytes.`,
      );
    case 415:
      return new Problem('unsupported-media-type');
    default:
      return undefined;
  }
}
