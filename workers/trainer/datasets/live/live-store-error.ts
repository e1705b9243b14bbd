import type { UpstashStoreError } from '../../../../shared/store/upstash/requests.ts';

/** Where a feature store is, and by which flags or variables it was named. */
export interface StoreAddress {
  readonly origin: string;
  readonly namedBy: string;
  readonly tokenBy: string;
}

/** Thrown when the feature store does not answer, or refuses to. */
export class LiveStoreError extends Error {
  override name = 'LiveStoreError';

  constructor(address: StoreAddress | undefined, cause: UpstashStoreError) {
    const { origin, namedBy = 'its address', tokenBy = 'its token' } = address ?? {};
    super(
      `the feature store${origin ? ` at ${origin} (${namedBy})` : ''} cannot be read: ${cause.message}. ` +
        `Look whether the database is there, and whether ${namedBy} and ${tokenBy} are those of its REST interface; or ` +
        'learn from the files alone (--no-live)',
      { cause },
    );
  }
}
