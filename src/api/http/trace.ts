import { randomBytes } from 'node:crypto';

/** Where a request belongs (W3C Trace Context): the caller's trace, or one that begins here. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** A `traceparent` for what the request causes. */
  readonly traceParent: string;
}

const traceParentFormat =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Carries on the caller's trace; a header that cannot be read is left aside, as the standard asks. */
export function traceOf(header: string | string[] | undefined): Trace {
  const fresh = randomBytes(24).toString('hex');
  const [, traceId = fresh.slice(16), , flags = '00'] =
    (typeof header === 'string' && traceParentFormat.exec(header)) || [];
  return { traceId, traceParent: `00-${traceId}-${fresh.slice(0, 16)}-${flags}` };
}
