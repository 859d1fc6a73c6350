import { S3ServiceException } from '@aws-sdk/client-s3';
import { Failure } from '../domain/failures.ts';

/** What S3 says of our settings: nothing changes it but an engineer. */
const ourErrors = new Set([
  'AccessDenied',
  'AuthorizationHeaderMalformed',
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidBucketName',
  'NoSuchBucket',
  'PermanentRedirect',
  'SignatureDoesNotMatch',
]);

const connectionCodes = /^(E[A-Z]+|UND_ERR_.*)$/;

/** A 404 without a code is said by whoever stands before the bucket, and says nothing of the file. */
export function isNoSuchKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}

/** What an error of the client means to us; one that is not the client's own comes back as it is. */
export function failureOfS3(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const options = {
    facts: { error: code ?? error.name, ...(status !== undefined && { httpStatus: status }) },
    cause: error,
  };
  if (ourErrors.has(error.name))
    return new Failure('Misconfigured', 'the bucket of files takes nothing from us', options);
  if (error.name === 'SlowDown' || status === 429 || status === 503)
    return new Failure('ProviderRateLimited', 'the bucket of files asks for a pause', options);
  const broken = error.name === 'TimeoutError' || (code !== undefined && connectionCodes.test(code));
  if (error instanceof S3ServiceException || broken)
    return new Failure('ProviderUnavailable', 'the bucket of files cannot be used for now', options);
  return error;
}
