import type { ObjectStore } from '../domain/object-store.ts';

/** A file as its link gives it away. */
export interface LinkedFile {
  readonly key: string;
  /** What it is called where it is saved: `orders.csv`. */
  readonly name: string;
  readonly mediaType: string;
}

/** An object store whose files can be fetched over HTTP, for a while, by whoever has the link. */
export interface FileStore extends ObjectStore {
  /**
   * A link that gives the file until then: a path of this service for a folder (`/files/…`, absolute where `PUBLIC_URL` is
   * set), a presigned URL for a bucket. Whether there is such a file is not looked at.
   */
  link(file: LinkedFile, expiresAt: Date): Promise<string>;
  /** Removes what a `put` begun before then has left unfinished, because its process died. Gives how many there were. */
  removeUnfinished(begunBefore: Date): Promise<number>;
  /** Ends the connections that it keeps. */
  close(): void;
}
