import { Failure } from '../domain/failures.ts';

/** What stays so until somebody changes the machine's settings. */
const ourCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ELOOP']);

export function isMissing(error: unknown): boolean {
  return isSystemError(error) && error.code === 'ENOENT';
}

/** What an error of the file system means to us; any other error comes back as it is. */
export function failureOfFolder(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const options = { facts: { code: error.code }, cause: error };
  if (ourCodes.has(error.code))
    return new Failure('Misconfigured', 'the folder of files cannot be used', options);
  return new Failure('ProviderUnavailable', 'the folder of files cannot be used for now', options);
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
