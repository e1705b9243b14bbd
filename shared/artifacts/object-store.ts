/** The part of an object store (R2, or a directory with the same interface) that this project uses. */
export interface StoredObject {
  readonly etag: string;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** What a listing says of an object. */
export interface ListedObject {
  readonly key: string;
  /** MD5 of the content in hex, as R2 computes it for objects written in one part. */
  readonly etag: string;
  readonly modifiedAt: Date;
}

export interface ObjectStore {
  get(key: string): Promise<StoredObject | null>;
  /**
   * @param onlyIf `etag`: write only over this version; `null`: write only if there is no object.
   * @returns the new etag, or null if the precondition failed and nothing was written.
   */
  put(
    key: string,
    body: Uint8Array | string,
    onlyIf?: { readonly etag: string | null },
  ): Promise<string | null>;
  /** Every key that starts with `prefix`. */
  list(prefix: string): Promise<readonly string[]>;
  /** The same, with etag and time of each object. */
  listEntries(prefix: string): Promise<readonly ListedObject[]>;
  delete(key: string): Promise<void>;
}
