import { Failure, refused } from '../domain/failures.ts';
import { transientFailure, unavailable } from './http-failures.ts';

/** What is known of EasyPost's answer besides the error that its client makes of it. */
export interface EasyPostReply {
  status?: number;
  retryAfter?: string | undefined;
}

// The codes are EasyPost's (docs.easypost.com/docs/errors).

/** Nobody can deliver to this address. */
const addressCodes = new Set([
  'ADDRESS.COUNTRY.INVALID',
  'ADDRESS.PARAMETERS.INVALID',
  'ADDRESS.PARAMETERS.INVALID_CHARACTER',
  'ADDRESS.VERIFICATION.FAILURE',
  'ADDRESS.VERIFICATION.INVALID',
  'ADDRESS.VERIFICATION.NOT_FOUND',
  'ADDRESS.VERIFY.FAILURE',
  'ADDRESS.VERIFY.MISSING_CITY_STATE_ZIP',
  'ADDRESS.VERIFY.MISSING_STREET',
]);

/** The carrier behind EasyPost did not manage; it may later. */
const carrierCodes = new Set([
  'ADDRESS.VERIFY.UNAVAILABLE',
  'ADDRESS.VERIFY.UPSTREAM_UNAVAILABLE',
  'SHIPMENT.POSTAGE.FAILURE',
  'SHIPMENT.POSTAGE.NO_RESPONSE',
  'SHIPMENT.PURCHASE.FAILURE',
  'SHIPMENT.PURCHASE.IN_PROGRESS',
  'SHIPMENT.RATES.UNAVAILABLE',
  'SHIPMENT.REFUND.FAILURE',
]);

/** The shipment is in another state than the call needs. */
const stateCodes = new Set([
  'SHIPMENT.MISSING_RATE',
  'SHIPMENT.POSTAGE.EXISTS',
  'SHIPMENT.POSTAGE.REQUIRED',
  'SHIPMENT.REFUND.UNAVAILABLE',
]);

/**
 * What an error of EasyPost's client means to us. Only codes are taken over, never EasyPost's own message, which may
 * repeat the address. An error that has nothing to do with an answer is a defect of ours and comes back as it is.
 */
export function easyPostFailure(error: unknown, reply: EasyPostReply): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const { code, statusCode, status: superagentStatus, errors } = error as ClientError;
  const status = reply.status ?? statusCode ?? superagentStatus;
  // Node and superagent give a broken connection a code and no status; an answer that is no JSON has a status alone.
  if (status === undefined && typeof code !== 'string') return error;
  const facts = { ...(status !== undefined && { httpStatus: status }), ...(code !== undefined && { code }) };

  const transient = transientFailure({ provider: 'EasyPost', status, retryAfter: reply.retryAfter, facts });
  if (transient) return transient;
  if (code !== undefined && (addressCodes.has(code) || errors?.some(isAddressError)))
    return refused('UndeliverableAddress', 'the carrier cannot deliver to the address', facts);
  if (code !== undefined && carrierCodes.has(code))
    return unavailable('EasyPost', 'could not reach the carrier', facts);
  if (code !== undefined && stateCodes.has(code))
    return new Failure('ProviderStateConflict', 'the shipment is in another state', { facts });
  if (status !== undefined && status < 400)
    return unavailable('EasyPost', 'gave an answer that makes no sense', facts);
  return new Failure('Misconfigured', `EasyPost refuses the request with ${status}`, { facts });
}

/** What is wrong with an address in detail, where a carrier names it while it sells a label. */
function isAddressError(error: string | { readonly code?: string }): boolean {
  return typeof error !== 'string' && error.code?.startsWith('E.ADDRESS.') === true;
}

/** What the errors of EasyPost's client (`statusCode`), superagent (`status`) and Node (`code`) have. */
interface ClientError extends Error {
  readonly code?: string;
  readonly statusCode?: number;
  readonly status?: number;
  readonly errors?: readonly (string | { readonly code?: string })[];
}
