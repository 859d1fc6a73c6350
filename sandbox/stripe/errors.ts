/** The `error` object of Stripe's API. */
export interface StripeErrorBody {
  type: 'invalid_request_error' | 'card_error' | 'api_error' | 'idempotency_error' | (string & {});
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  payment_intent?: object;
  payment_method?: object;
  doc_url?: string;
}

/** An answer other than success. `executed` says whether the endpoint had begun: only then is it stored under the key. */
export class StripeFailure extends Error {
  readonly status: number;
  readonly body: StripeErrorBody;
  readonly executed: boolean;

  constructor(status: number, body: StripeErrorBody, { executed }: { executed: boolean }) {
    super(body.message);
    this.status = status;
    this.body = body.code
      ? { ...body, doc_url: `https://stripe.com/docs/error-codes/${docName(body.code)}` }
      : body;
    this.executed = executed;
  }
}

const docName = (code: string): string => code.replaceAll('_', '-');

/** 400 for a parameter that can't be. */
export function invalidRequest(
  message: string,
  details: { code?: string; param?: string } = {},
): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', message, ...details }, { executed: false });
}

/** 404 for an object named in the path, 400 for one named in a parameter. */
export function resourceMissing(what: string, id: string, param: string, status: 400 | 404): StripeFailure {
  const message = `No such ${what}: '${id}'`;
  return new StripeFailure(
    status,
    { type: 'invalid_request_error', code: 'resource_missing', message, param },
    { executed: false },
  );
}

/** 400 for something that the intent's status does not allow. */
export function unexpectedState(message: string, intent: object): StripeFailure {
  return new StripeFailure(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message,
      payment_intent: intent,
    },
    { executed: true },
  );
}

/** 500, as Stripe words it. */
export function internalError(): StripeFailure {
  const message = "An unknown error occurred. We've been notified and are looking into it.";
  return new StripeFailure(500, { type: 'api_error', message }, { executed: true });
}
