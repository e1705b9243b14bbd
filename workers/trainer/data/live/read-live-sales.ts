import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import type { BusinessClock } from '../../../../shared/calendar/business-clock.ts';
import {
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { chooseStore } from '../../../../shared/sales-store/bindings/choose-store.ts';
import { closedThrough } from '../../../../shared/sales-store/entry-id.ts';
import { slowestWatermark } from '../../../../shared/sales-store/partitioned/partitioned-status.ts';
import { RETENTION } from '../../../../shared/sales-store/retention.ts';
import type { BucketKind, DeadLetter, SalesStore } from '../../../../shared/sales-store/sales-store.ts';
import { UpstashStoreError } from '../../../../shared/sales-store/upstash/requests.ts';
import { storeOfPart } from '../../../../shared/schemas/series.ts';
import { forEachConcurrent } from '../for-each-concurrent.ts';
import { listArchivedDates, readArchivedDay } from './live-archive.ts';
import { isSameDay, type LiveDay, type LiveSales, mergeDays } from './live-sales.ts';

/** The feature store of the command line; the environment supplies the rest. */
export interface LiveStoreFlags {
  /** False trains on the files alone. */
  readonly live?: boolean;
  readonly liveUrl?: string;
  readonly liveToken?: string;
}

/**
 * The feature store of live days: Upstash Redis, by the flags or by `UPSTASH_REDIS_REST_URL` and
 * `UPSTASH_REDIS_REST_TOKEN`, with `STREAM_PARTITIONS` as in its Workers. A read-only token is enough.
 *
 * @returns null if there is none, or none is wanted
 * @throws {StoreConfigurationError} for an address without a token or vice versa, and for an invalid number of
 * partitions
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

/** The part of a feature store that training reads; training never writes to it. */
export type LiveStore = Pick<SalesStore, 'status' | 'readBucket' | 'readDeadLetters'> & {
  /** For messages, if known. */
  readonly address?: StoreAddress;
};

/** A feature store, and the clock by which its days close. */
export interface LiveSource {
  readonly store: LiveStore;
  readonly clock: BusinessClock;
}

/** Days read concurrently. */
const IN_FLIGHT = 4;
/** The newest refused rows that are reported. */
const MAX_DEAD_LETTERS = 1000;

/**
 * Reads every finished day that a store has counted: three buckets a day, one request each. Days that the store may have
 * dropped are read from the archive, and so is every row of later days that the store has lost.
 *
 * @param objects the archive of earlier runs.
 * @param onProgress called after each day.
 * @returns null for a store without an imported history.
 * @throws {LiveStoreError} if the store does not respond.
 * @throws {LiveArchiveError} if an archived day cannot be read.
 */
export async function readLiveSales(
  source: LiveSource,
  objects: Pick<ObjectStore, 'get' | 'list'>,
  onProgress?: (done: number, total: number) => void,
): Promise<LiveSales | null> {
  try {
    return await readClosedDays(source, objects, onProgress);
  } catch (error) {
    throw error instanceof UpstashStoreError ? new LiveStoreError(source.store.address, error) : error;
  }
}

async function readClosedDays(
  { store, clock }: LiveSource,
  objects: Pick<ObjectStore, 'get' | 'list'>,
  onProgress?: (done: number, total: number) => void,
): Promise<LiveSales | null> {
  const status = await store.status();
  if (status.liveFrom === null) return null;
  const liveFrom = toDayNumber(status.liveFrom);
  // A day is closed once every partition has counted it.
  const watermark = slowestWatermark(status);
  const through = Math.max(liveFrom - 1, watermark === null ? liveFrom - 1 : closedThrough(watermark, clock));
  const oldest = through + 1 - RETENTION.dailyDays;
  // Within this time the stream can correct a day, also downwards.
  const settled = through - RETENTION.streamDays;
  const kept = await listArchivedDates(objects, status.liveFrom);
  const restored: IsoDate[] = [];
  const read = async (day: DayNumber): Promise<LiveDay> => {
    const date = toIsoDate(day);
    const archived = kept.has(date) ? await readArchivedDay(objects, toIsoDate(liveFrom), date) : null;
    if (archived && day < oldest) return archived;
    const counted = await readLiveDay(store, date);
    const merged = archived ? mergeDays(counted, archived, day <= settled ? 'larger' : 'first') : counted;
    if (!isSameDay(merged, counted)) restored.push(date);
    return merged;
  };
  const due = Array.from({ length: through - liveFrom + 1 }, (_, index) => liveFrom + index);
  const days: LiveDay[] = [];
  let done = 0;
  await forEachConcurrent(due, IN_FLIGHT, async (day, index) => {
    days[index] = await read(day);
    onProgress?.(++done, due.length);
  });
  const letters = status.deadLetters > 0 ? await store.readDeadLetters(MAX_DEAD_LETTERS) : [];
  const refused = countUnknownNames(letters);
  return { liveFrom, closedThrough: through, days, restored: restored.sort(), refused };
}

async function readLiveDay(store: LiveStore, date: string): Promise<LiveDay> {
  const fieldsOf = async (kind: BucketKind) => Object.entries((await store.readBucket(kind, date)).fields);
  const sales = new Map(await fieldsOf('sales_daily'));
  const onpromotion = new Map(await fieldsOf('onpromotion_daily'));
  const tickets = await fieldsOf('transactions_daily');
  return {
    date,
    sales,
    onpromotion,
    tickets: new Map(tickets.map(([store, count]) => [storeOfPart(store), count])),
  };
}

/** Numbers of rows whose store or family is not in the catalog, by its name. */
function countUnknownNames(letters: readonly DeadLetter[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { raw, reason } of letters) {
    const store = /^store_nbr: store (.+) is not in the catalog$/s.exec(reason)?.[1];
    const family = reason === 'family: is not in the catalog' ? familyOf(raw) : undefined;
    const name = store === undefined ? family && `family "${family}"` : `store ${store}`;
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function familyOf(raw: string): string {
  try {
    const { family } = JSON.parse(raw) as { family?: unknown };
    return String(family);
  } catch {
    return 'unreadable';
  }
}

/** The address of a feature store, and the flags or variables that set it. */
export interface StoreAddress {
  readonly origin: string;
  readonly namedBy: string;
  readonly tokenBy: string;
}

/** Thrown if the feature store does not respond, or refuses to. */
export class LiveStoreError extends UserError {
  override name = 'LiveStoreError';

  constructor(address: StoreAddress | undefined, cause: UpstashStoreError) {
    const { origin, namedBy = 'its address', tokenBy = 'its token' } = address ?? {};
    super(
      `the feature store${origin ? ` at ${origin} (${namedBy})` : ''} cannot be read: ${cause.message}. ` +
        `Check that the database exists and that ${namedBy} and ${tokenBy} are those of its REST interface; or ` +
        'train on the files alone (--no-live)',
      { cause },
    );
  }
}
