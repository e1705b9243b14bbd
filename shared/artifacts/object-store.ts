/** The part of an object store (R2, or a directory in its shape) that the product uses. */
export interface StoredObject {
  readonly etag: string;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** What a listing tells of an object without reading it. */
export interface ListedObject {
  readonly key: string;
  /** The MD5 of the content in hex, as R2 has it for whatever was written in one part. */
  readonly etag: string;
  readonly modifiedAt: Date;
}

export interface ObjectStore {
  get(key: string): Promise<StoredObject | null>;
  /**
   * @param onlyIf `etag`: write only over this version; `null`: write only where nothing is.
   * @returns the new etag, or null when the precondition failed and nothing was written.
   */
  put(
    key: string,
    body: Uint8Array | string,
    onlyIf?: { readonly etag: string | null },
  ): Promise<string | null>;
  /** Every key that starts with `prefix`. */
  list(prefix: string): Promise<readonly string[]>;
  /** The same with what is known of each object. */
  listEntries(prefix: string): Promise<readonly ListedObject[]>;
  delete(key: string): Promise<void>;
}
