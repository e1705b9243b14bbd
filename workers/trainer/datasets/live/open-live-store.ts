import { chooseStore } from '../../../../shared/store/choose-store.ts';
import type { LiveStore } from './read-live-sales.ts';

/** Which feature store the command line names; what it leaves out comes from the environment. */
export interface LiveStoreFlags {
  /** False trains on the files alone. */
  readonly live?: boolean;
  readonly liveUrl?: string;
  readonly liveToken?: string;
}

/**
 * The feature store that live days are read from: Upstash Redis, by the flags or by `UPSTASH_REDIS_REST_URL` and
 * `UPSTASH_REDIS_REST_TOKEN`; `STREAM_PARTITIONS` of them, as its Workers have it. A read-only token is enough.
 *
 * @returns null where none is named, or none is wanted
 * @throws {StoreConfigurationError} for an address without a token and the other way round, and for a number of
 *   partitions that is none
 */
export function openLiveStore(
  { live, liveUrl, liveToken }: LiveStoreFlags,
  environment: Readonly<Record<string, string | undefined>>,
): LiveStore | null {
  const url = liveUrl ?? environment.UPSTASH_REDIS_REST_URL ?? '';
  const token = liveToken ?? environment.UPSTASH_REDIS_REST_TOKEN ?? '';
  if (live === false || (url === '' && token === '')) return null;
  const { STREAM_PARTITIONS } = environment;
  const store = chooseStore({
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: token,
    STREAM_PARTITIONS,
  });
  return Object.assign(store, {
    address: {
      origin: new URL(url).origin,
      namedBy: liveUrl === undefined ? 'UPSTASH_REDIS_REST_URL' : '--live-url',
      tokenBy: liveToken === undefined ? 'UPSTASH_REDIS_REST_TOKEN' : '--live-token',
    },
  });
}
