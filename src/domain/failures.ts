/**
 * Every kind of failure the service knows, told by type and never by message (law 8).
 * A refusal is an answer and is not retried; a transient failure is retried with backoff.
 */
export const failureKinds = {
  OutOfStock: { refusal: true, httpStatus: 409, logLevel: 'info' },
  PaymentDeclined: { refusal: true, httpStatus: 402, logLevel: 'info' },
  PaymentActionRequired: { refusal: true, httpStatus: 402, logLevel: 'info' },
  UndeliverableAddress: { refusal: true, httpStatus: 422, logLevel: 'info' },
  ApprovalRejected: { refusal: true, httpStatus: 409, logLevel: 'info' },
  ApprovalTimedOut: { refusal: true, httpStatus: 409, logLevel: 'info' },
  PaymentActionTimedOut: { refusal: true, httpStatus: 409, logLevel: 'info' },
  StockTimedOut: { refusal: true, httpStatus: 409, logLevel: 'info' },
  /** The step's undo came first; whatever landed after it has been undone by the one that noticed (law 4). */
  StepUndone: { refusal: true, httpStatus: 409, logLevel: 'warn' },
  /** A cancel was accepted before the step could land; the order unwinds. */
  CancelRequested: { refusal: true, httpStatus: 409, logLevel: 'info' },
  /** A command the order's state does not allow. */
  CommandRefused: { refusal: true, httpStatus: 409, logLevel: 'info' },
  /** The mail server said no for good: the address does not exist, the message is not wanted. */
  MailRefused: { refusal: true, httpStatus: 422, logLevel: 'warn' },
  /** A job's input is not what its type takes, or no longer. */
  InvalidJobInput: { refusal: true, httpStatus: 422, logLevel: 'warn' },
  /** An input or a result beyond its limit: it belongs into a file, whose id then travels. */
  JobPayloadTooLarge: { refusal: true, httpStatus: 422, logLevel: 'warn' },
  /** What was handed in as an image is none, is damaged, or is too large. */
  ImageRefused: { refusal: true, httpStatus: 422, logLevel: 'info' },
  /** Our own configuration or a broken request: no retry helps until an engineer has looked. */
  Misconfigured: { refusal: false, httpStatus: 500, logLevel: 'error' },
  ProviderUnavailable: { refusal: false, httpStatus: 503, logLevel: 'warn' },
  ProviderRateLimited: { refusal: false, httpStatus: 503, logLevel: 'warn' },
  /** The provider replays a stored failure under our key: look first, then go on with a new key (law 6). */
  ProviderReplayedFailure: { refusal: false, httpStatus: 503, logLevel: 'warn' },
  /** What the provider holds is not in the state that we took it to be in: look again. */
  ProviderStateConflict: { refusal: false, httpStatus: 503, logLevel: 'warn' },
  DatabaseUnavailable: { refusal: false, httpStatus: 503, logLevel: 'warn' },
} as const satisfies Record<string, FailureKind>;

interface FailureKind {
  /** True for an answer that no retry changes. */
  readonly refusal: boolean;
  readonly httpStatus: number;
  readonly logLevel: 'info' | 'warn' | 'error';
}

export type FailureType = keyof typeof failureKinds;

export type RefusalType = {
  [K in FailureType]: (typeof failureKinds)[K]['refusal'] extends true ? K : never;
}[FailureType];

/** The refusals that end an order in `failed`; these are what `failure.type` in the API can hold. */
export const orderFailureTypes = [
  'OutOfStock',
  'PaymentDeclined',
  'PaymentActionRequired',
  'UndeliverableAddress',
  'ApprovalRejected',
  'ApprovalTimedOut',
  'PaymentActionTimedOut',
  'StockTimedOut',
] as const satisfies readonly RefusalType[];

export type OrderFailureType = (typeof orderFailureTypes)[number];

/** Small facts about a failure that may be kept in a history: codes and ids, never personal data. */
export type FailureFacts = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A failure of a known type, thrown by providers, statements and activities.
 * `message` is for engineers and holds no personal data.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly type: FailureType;
  readonly facts: FailureFacts;
  /** How long the other side asked us to wait, in milliseconds (its `Retry-After`). */
  readonly retryAfterMs: number | undefined;

  constructor(
    type: FailureType,
    message: string,
    options: { facts?: FailureFacts; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.type = type;
    this.facts = options.facts ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An answer that is no: never retried. */
export function refused(type: RefusalType, message: string, facts: FailureFacts = {}): Failure {
  return new Failure(type, message, { facts });
}

export function isFailureType(value: unknown): value is FailureType {
  return typeof value === 'string' && Object.hasOwn(failureKinds, value);
}

export function isRefusalType(value: unknown): value is RefusalType {
  return isFailureType(value) && failureKinds[value].refusal;
}

export function isOrderFailureType(value: unknown): value is OrderFailureType {
  return (orderFailureTypes as readonly unknown[]).includes(value);
}
