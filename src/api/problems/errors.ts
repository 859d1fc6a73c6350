import { failureKinds, type Failure, type FailureType } from '../../domain/failures.ts';
import { maxWebhookEndpoints } from '../../domain/webhook.ts';

/**
 * Every problem that the API answers with (RFC 9457). The name is the last part of its `type`, `/problems/<name>`, and never
 * changes its meaning. `retryable`: the same request may go through later, unchanged.
 */
export const problems = {
  'malformed-request': kind(
    400,
    false,
    'The request is not HTTP as it should be',
    'Its line, headers, path or body framing cannot be read.',
  ),
  'malformed-json': kind(
    400,
    false,
    'The body is not JSON',
    'The body is not one JSON value in UTF-8 (RFC 8259).',
  ),
  'malformed-multipart': kind(
    400,
    false,
    'The body is not multipart/form-data',
    'Its parts cannot be told apart, are too many, or break off (RFC 7578).',
  ),
  'malformed-idempotency-key': kind(
    400,
    false,
    'The Idempotency-Key cannot be read',
    'A key has 1 to 255 visible ASCII characters, quoted (a structured header string) or bare, and stands there once.',
  ),
  'malformed-precondition': kind(
    400,
    false,
    'The If-Match cannot be read',
    'It is `*`, or entity tags in quotes with commas between them.',
  ),
  'bad-signature': kind(
    400,
    false,
    'The webhook is not signed as it should be',
    'The signature is missing, wrong or too old, or the signed body is none that the provider sends.',
  ),
  unauthenticated: kind(
    401,
    false,
    'An API key is asked for',
    'The request carries no API key that is in use: `Authorization: Bearer osk_…`.',
  ),
  'scope-missing': kind(
    403,
    false,
    'The API key is not for this',
    'The key is in use, and lacks the scope that `detail` names.',
  ),
  'loopback-only': kind(
    403,
    false,
    'Only from the same machine',
    'This answers requests from the loopback address that no proxy has forwarded.',
  ),
  'link-not-valid': kind(
    403,
    false,
    'The link is not one of ours',
    'It was not made here, or not with the key that is in use now, or it has been changed.',
  ),
  'not-found': kind(404, false, 'There is nothing here', 'No route has this path.'),
  'unknown-order': kind(404, false, 'There is no such order', 'No order has this id.'),
  'unknown-product': kind(404, false, 'There is no such product', 'No product has this SKU.'),
  'unknown-warehouse': kind(404, false, 'There is no such warehouse', 'No warehouse has this name.'),
  'unknown-schedule': kind(404, false, 'There is no such schedule', 'No schedule has this id.'),
  'unknown-job': kind(404, false, 'There is no such job', 'No job has this id.'),
  'unknown-job-type': kind(404, false, 'There is no such type of jobs', 'No type has this name.'),
  'unknown-bulk-operation': kind(
    404,
    false,
    'There is no such bulk operation',
    'No bulk operation has this id.',
  ),
  'job-without-file': kind(404, false, 'The job has made no file', 'Its result is all that there is.'),
  'unknown-photo': kind(404, false, 'There is no such photo', 'No photo has this id.'),
  'unknown-problem': kind(404, false, 'There is no such problem', 'No problem type has this name.'),
  'unknown-webhook-endpoint': kind(
    404,
    false,
    'There is no such webhook endpoint',
    'No webhook endpoint has this id, or it has been deleted.',
  ),
  'unknown-webhook-delivery': kind(
    404,
    false,
    'There is no such delivery',
    'Nothing was owed under this id to this endpoint or callback, or that is forgotten.',
  ),
  'unknown-callback-origin': kind(
    404,
    false,
    'No callback goes there',
    'None of those that are kept was told, or is to be told, to this origin.',
  ),
  'run-not-started': kind(
    404,
    true,
    'The run has not started yet',
    'The order is accepted; its workflow starts as soon as Temporal takes it.',
  ),
  'run-forgotten': kind(
    404,
    false,
    'The run is no longer kept',
    'Temporal keeps an ended run for a limited time only; the order and its timeline remain.',
  ),
  'method-not-allowed': kind(
    405,
    false,
    'The method is not allowed here',
    'The `Allow` header names the methods that are.',
  ),
  'request-timeout': kind(
    408,
    true,
    'The request took too long to arrive',
    'It has to be here in full within the time limit.',
  ),
  'request-in-flight': kind(
    409,
    true,
    'The first request with this key still runs',
    'Repeat it after `Retry-After` for its answer.',
  ),
  'job-not-completed': kind(409, true, 'The job is not completed', '`detail` says how it stands.'),
  'email-taken': kind(
    409,
    false,
    'The address is taken',
    'Somebody has registered with this e-mail address.',
  ),
  'order-not-confirmed': kind(
    409,
    true,
    'The order has not been confirmed',
    'An order has an invoice once it is confirmed; `detail` says how it stands.',
  ),
  'product-exists': kind(409, false, 'The SKU is taken', 'A product with this SKU and other data exists.'),
  'stock-reserved': kind(
    409,
    false,
    'More than that is reserved',
    'Customers have been promised more than the new number on hand.',
  ),
  'too-many-webhook-endpoints': kind(
    409,
    false,
    'There are too many webhook endpoints',
    `Each makes every order a little dearer; there are ${maxWebhookEndpoints} at most.`,
  ),
  'webhook-endpoint-disabled': kind(
    409,
    false,
    'The webhook endpoint is disabled',
    'Nothing is sent to it until it is enabled.',
  ),
  'command-refused': ofFailure(
    'CommandRefused',
    'The order does not allow this',
    'The order is in a state in which the command is not possible; `detail` says in which.',
  ),
  'schedule-fixed': kind(
    409,
    false,
    'The schedule cannot be changed here',
    'It is one of the service itself, or its type is none that this release knows; `detail` says which.',
  ),
  'result-expired': kind(
    410,
    false,
    'The file is no longer kept',
    'A file is kept for as long as the type of its job says.',
  ),
  'link-expired': kind(
    410,
    false,
    'The link has had its time',
    'The file may still be there: take a new link from where this one came from.',
  ),
  'precondition-failed': kind(
    412,
    false,
    'It has changed meanwhile',
    'What `If-Match` asks for is not what is there now: read it again, and decide anew.',
  ),
  'payload-too-large': kind(413, false, 'The body is too large', 'The limit is in `detail`.'),
  'unsupported-media-type': kind(
    415,
    false,
    'The body is of another kind',
    'The body is sent as `application/json`, in UTF-8, or as `multipart/form-data` where there is a file; without a content encoding.',
  ),
  'range-not-satisfiable': kind(
    416,
    false,
    'The file has no such part',
    'What `Range` asks for lies behind the end of the file.',
  ),
  'not-an-image': kind(
    422,
    false,
    'The file is no image',
    'JPEG, PNG, WebP, GIF and AVIF are taken, told by the first bytes of the file and not by its name.',
  ),
  'invalid-input': kind(
    422,
    false,
    'The input is not valid',
    '`errors` names everything that is wrong, up to a hundred errors.',
  ),
  'idempotency-key-reused': kind(
    422,
    false,
    'The key belongs to another request',
    'This Idempotency-Key came with another body or on another route before.',
  ),
  'rate-limited': kind(
    429,
    true,
    'Too many requests',
    'More than the limit of this key, or of this address where no key is in use; `RateLimit-Policy` tells which.',
  ),
  'backlog-full': kind(
    429,
    true,
    'Too many jobs of the type wait',
    'The type takes no more of them until they are fewer; `Retry-After` says when to ask again.',
  ),
  'headers-too-large': kind(
    431,
    false,
    'The headers are too large',
    'All headers together stay within 16 KiB.',
  ),
  'internal-error': kind(
    500,
    true,
    'Something went wrong here',
    'A defect of the service; `traceId` finds it in the log.',
  ),
  'database-unavailable': ofFailure(
    'DatabaseUnavailable',
    'The service cannot reach its database',
    'Nothing has been changed, or the reply was lost: repeat the request with the same Idempotency-Key.',
  ),
  'files-unavailable': kind(
    503,
    true,
    'The service cannot reach its files',
    'Nothing has been kept: repeat the request.',
  ),
  'temporal-unavailable': kind(
    503,
    true,
    'Temporal does not answer',
    'Orders are still accepted and read; only the view of the run is missing.',
  ),
  'too-many-streams': kind(
    503,
    true,
    'Too many streams are open',
    'This process keeps no more of them open; connect again after `Retry-After`, with the same `Last-Event-ID`.',
  ),
  overloaded: kind(
    503,
    true,
    'Too much waits already',
    'More orders wait to be processed than the service promises to catch up with; none is taken until they are fewer.',
  ),
  'not-ready': kind(
    503,
    true,
    'The service takes no requests',
    'The process is ending, or its database cannot be reached.',
  ),
} as const satisfies Record<string, ProblemKind>;

export interface ProblemKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  /** What it means, for the document. */
  readonly meaning: string;
}

export type ProblemName = keyof typeof problems;

export function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(problems, name);
}

function kind(status: number, retryable: boolean, title: string, meaning: string): ProblemKind {
  return { status, retryable, title, meaning };
}

/** A failure of the domain keeps the status and the retry rule that its table gives it. */
function ofFailure(type: FailureType, title: string, meaning: string): ProblemKind {
  const { httpStatus, refusal } = failureKinds[type];
  return kind(httpStatus, !refusal, title, meaning);
}

const problemsOfFailures: Partial<Record<FailureType, ProblemName>> = {
  CommandRefused: 'command-refused',
  DatabaseUnavailable: 'database-unavailable',
};

/** One thing that is wrong with the input. `pointer` is a JSON Pointer as a URI fragment: `#/items/0/sku`. */
export interface InputError {
  readonly pointer: string;
  readonly detail: string;
  /** Absent for the body. */
  readonly in?: 'query';
}

export function problemType(name: ProblemName): string {
  return `/problems/${name}`;
}

/** An answer that is a problem; thrown anywhere below a route. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly problem: ProblemName;
  readonly detail: string;
  readonly errors: readonly InputError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: ProblemName,
    detail: string = problems[problem].meaning,
    options: { errors?: readonly InputError[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(`${problem}: ${detail}`, { cause: options.cause });
    this.problem = problem;
    this.detail = detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The problem that tells a failure of the domain; undefined for one that no client should ever meet. */
export function problemOfFailure(failure: Failure, retryAfterSeconds: number): Problem | undefined {
  const name = problemsOfFailures[failure.type];
  if (name === undefined) return undefined;
  const headers = problems[name].retryable ? { 'Retry-After': String(retryAfterSeconds) } : {};
  const detail = failureKinds[failure.type].refusal ? failure.message : problems[name].meaning;
  return new Problem(name, detail, { headers, cause: failure });
}
