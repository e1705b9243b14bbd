/** The part of an object store (R2, or a directory in its shape) that the product uses. */
export interface StoredObject {
  readonly etag: string;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
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
  list(prefix: string): Promise<readonly string[]>;
  delete(key: string): Promise<void>;
}
