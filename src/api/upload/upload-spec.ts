/** A file that an endpoint takes in `multipart/form-data`, beside the fields that its `body` describes. */
export interface UploadSpec {
  /** The part that holds it. */
  readonly part: string;
  readonly required: boolean;
  readonly maxBytes: number;
  /** For the document. */
  readonly description: string;
  /** Takes nothing but `multipart/form-data`; otherwise JSON too, which its `body` describes as well. */
  readonly only: boolean;
}

/** A file that has been put into the object store and is loose there, until a commit keeps it. */
export interface UploadedFile {
  readonly key: string;
  readonly bytes: number;
  /** What it is by its first bytes, whatever its sender says. */
  readonly mediaType: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
}
