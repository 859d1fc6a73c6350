/** One wrong field, as the `errors` list of an answer tells it. */
export interface FieldError {
  field: string;
  message: string;
  code?: string;
  suggestion?: string | null;
}

/** An answer other than success, in EasyPost's shape `{ error: { code, message, errors } }`. */
export class EasyPostFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[];

  constructor(status: number, code: string, message: string, errors: FieldError[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** 422 for a parameter that is missing or can't be. */
export function invalidField(field: string, message: string): EasyPostFailure {
  const missing = message === 'cannot be blank';
  return missing
    ? new EasyPostFailure(422, 'PARAMETER.REQUIRED', 'Missing required parameter.', [{ field, message }])
    : new EasyPostFailure(422, 'PARAMETER.INVALID', 'Invalid parameter.', [{ field, message }]);
}

export function notFound(): EasyPostFailure {
  return new EasyPostFailure(404, 'NOT_FOUND', 'The requested resource could not be found.');
}

export function internalError(): EasyPostFailure {
  return new EasyPostFailure(
    500,
    'INTERNAL_SERVER_ERROR',
    'Something went wrong on our end. Please try again.',
  );
}
