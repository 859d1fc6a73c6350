import type { Readable } from 'node:stream';

/** Files by key: a folder, or a bucket. A key is a path without a slash at its start: `exports/<jobId>/orders.csv`. */
export interface ObjectStore {
  /**
   * Writes a whole file, or none: until it resolves nothing is seen under the key, and a repeat takes the place of what was
   * there. Throws a `Failure` of type `ProviderUnavailable`, or what `signal` was aborted with.
   */
  put(
    key: string,
    body: Readable | Uint8Array,
    options: { readonly mediaType: string; readonly signal?: AbortSignal },
  ): Promise<{ readonly bytes: number }>;
  /**
   * The file from its beginning; null where there is none. It, and whoever reads the file, may throw a `Failure` of type
   * `ProviderUnavailable`; when `signal` is aborted, the reading ends at once.
   */
  get(key: string, options?: { readonly signal?: AbortSignal }): Promise<Readable | null>;
  /** Removes the file; nothing happens where there is none. */
  remove(key: string): Promise<void>;
}
