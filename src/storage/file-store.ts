import type { ObjectStore } from '../domain/object-store.ts';

/** How long a URL that leads into a bucket can be used, in milliseconds: for the next request of whoever was sent there. */
export const locatedForMs = 60_000;

/** A file as its link gives it away. */
export interface LinkedFile {
  readonly key: string;
  /** What it is called where it is saved: `orders.csv`. */
  readonly name: string;
  readonly mediaType: string;
}

/** Where the bytes of a file are: in a file of this machine, or at a URL that gives them to anybody for a while. */
export type FilePlace = { readonly path: string } | { readonly url: string };

/** An object store whose files can be fetched over HTTP, for a while, by whoever has the link. */
export interface FileStore extends ObjectStore {
  /**
   * A link of this service that gives the file until then: `/files/…`, absolute where `PUBLIC_URL` is set. Whether there is
   * such a file is not looked at.
   */
  link(file: LinkedFile, expiresAt: Date): Promise<string>;
  /**
   * Where such a link leads. A URL is good for `locatedForMs` from now on; nobody looks whether there is such a file. Throws a
   * `ProviderUnavailable` failure while a folder is away.
   */
  locate(file: LinkedFile): Promise<FilePlace>;
  /** Removes what a `put` begun before then has left unfinished, because its process died. Gives how many there were. */
  removeUnfinished(begunBefore: Date): Promise<number>;
  /** Ends the connections that it keeps. */
  close(): void;
}
