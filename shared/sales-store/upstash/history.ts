import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../../calendar/day-number.ts';
import { type SeriesKey, seriesKey, storePart } from '../../schemas/series.ts';
import { gatherDeltas, storeOfField } from '../check-commit.ts';
import { toEntryId } from '../entry-id.ts';
import { checkHistoryChunk, InvalidHistoryError, joinImport, openingBalances } from '../history-import.ts';
import { RETENTION } from '../retention.ts';
import type { SalesStore, SeriesReading } from '../sales-store.ts';
import {
  extendSeries,
  extendTickets,
  type SeriesColumns,
  type SeriesTail,
  toReading,
} from '../series-reading.ts';
import { toBucketParts } from './bucket-parts.ts';
import { sendSums } from './commit.ts';
import { compactLagging } from './compact.ts';
import { IMPORT_HISTORY, OPEN_HISTORY, READ_FOR_IMPORT, READ_SERIES } from './history-scripts.ts';
import type { StoreKeys } from './keys.ts';
import {
  openColumns,
  openTickets,
  packSeries,
  packTickets,
  unpackSeries,
  unpackTickets,
} from './packed-history.ts';
import { type Requests, UpstashStoreError } from './requests.ts';

/** How often a read, join and write starts again when something else was written in between. */
const ATTEMPTS = 5;
/** Series of one request: some kilobytes each, of the megabytes that a reply may have. */
const SERIES_PER_REQUEST = 100;

/** Packed histories: opening, importing, reading. */
export function createHistory(
  requests: Requests,
  keys: StoreKeys,
): Pick<SalesStore, 'readSeries' | 'readManySeries' | 'openHistory' | 'importHistory' | 'compact'> {
  const { state, history, compacted, buckets } = keys;
  const readMany = async (
    series: readonly SeriesKey[],
    closedThrough: IsoDate,
  ): Promise<readonly (SeriesReading | null)[]> => {
    const through = toDayNumber(closedThrough);
    const args = [
      ...[String(through), String(RETENTION.historyDays), keys.bucketPrefix('sales_daily')],
      ...series.flatMap((name) => [name, storeOfField(name)]),
    ];
    const replies = await requests.read(READ_SERIES, [state, history, compacted], args);
    return series.map((name, i) => {
      const reply = (replies as readonly (string[] | null)[])[i] ?? null;
      return reply && readingOf(name, through, reply);
    });
  };
  return {
    readSeries: async (series, closedThrough) => (await readMany([series], closedThrough))[0] ?? null,
    readManySeries: async (series, closedThrough) => {
      const parts: Promise<readonly (SeriesReading | null)[]>[] = [];
      for (let i = 0; i < series.length; i += SERIES_PER_REQUEST) {
        parts.push(readMany(series.slice(i, i + SERIES_PER_REQUEST), closedThrough));
      }
      return (await Promise.all(parts)).flat();
    },

    openHistory: async ({ identity = '', liveFrom, storeCount, openingBalances: balances }) => {
      const day = toDayNumber(liveFrom);
      const parts = toBucketParts(gatherDeltas(balances), keys);
      const args = [
        String(day),
        String(storeCount),
        keys.bucketPrefix('sales_daily'),
        identity,
        ...parts.flatMap((part) => part.args),
      ];
      const names = [state, compacted, buckets, ...parts.flatMap(({ key, openingKey }) => [key, openingKey])];
      const answer = await sendSums(() => requests.write(OPEN_HISTORY, names, args));
      if (answer === 'opened' || answer === 'already-open') return answer;
      throw new InvalidHistoryError(
        `liveFrom ${liveFrom}: the store is open from ${toIsoDate(Number(answer))}; another dataset needs an empty store`,
      );
    },

    importHistory: async (chunk) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const store = storePart(String(chunk.store_nbr));
        const series = Array.isArray(chunk.series)
          ? chunk.series.map(({ family }) => seriesKey(String(chunk.store_nbr), String(family)))
          : [];
        const reply = await requests.read(READ_FOR_IMPORT, [state, history, compacted], [store, ...series]);
        const [token = '', open, imported, ticketsEnd = '', packedTickets = '', ...held] = reply as string[];
        if (!open) throw new InvalidHistoryError('the store is not open: call openHistory first');
        const liveFrom = Number(open);
        checkHistoryChunk(chunk, toIsoDate(liveFrom - 1));
        if (imported === '1') return 'already-imported';

        const live = series.map((_, i): SeriesColumns | null => {
          const packed = held[2 * i + 1];
          return packed ? unpackSeries(packed, Number(held[2 * i])) : null;
        });
        const liveTickets = packedTickets === '' ? null : unpackTickets(packedTickets, Number(ticketsEnd));
        const joined = joinImport(chunk, liveFrom, live, liveTickets);
        const parts = toBucketParts(gatherDeltas(openingBalances(chunk, liveFrom)), keys);
        const args = [
          token,
          store,
          String(liveFrom - 1),
          packTickets(joined.tickets),
          String(series.length),
          ...series.flatMap((name, i) => {
            const columns = joined.series[i];
            return columns ? [name, packSeries(columns)] : [];
          }),
          ...parts.flatMap((part) => part.args),
        ];
        const names = [
          state,
          history,
          compacted,
          buckets,
          ...parts.flatMap(({ key, openingKey }) => [key, openingKey]),
        ];
        const answer = await sendSums(() => requests.write(IMPORT_HISTORY, names, args));
        if (answer === 'imported' || answer === 'already-imported') return answer;
      }
      throw new UpstashStoreError(
        `import history: the store has changed ${ATTEMPTS} times meanwhile; call again`,
      );
    },

    compact: ({ through, limit }) => compactLagging(requests, keys, toDayNumber(through), limit),
  };
}

/** Four values a day: sales, promoted items, tickets, and whether the store was open; null where there is none. */
/** @param reply of `READ_SERIES` to one series */
function readingOf(
  series: SeriesKey,
  through: DayNumber,
  [watermark, liveFrom, end, ticketsEnd, packed, packedTickets, from, ...tail]: readonly string[],
): SeriesReading {
  const columns = openColumns(packed ?? '', Number(end), Number(liveFrom));
  const tickets = openTickets(packedTickets ?? '', ticketsEnd ?? '', columns.firstDay);
  const joined = toTail(tail, Number(from));
  return toReading(
    series,
    extendSeries(columns, joined, through, RETENTION.historyDays),
    extendTickets(tickets, joined, through, RETENTION.historyDays),
    watermark ? toEntryId(watermark) : null,
  );
}

function toTail(values: readonly (string | null)[], firstDay: DayNumber): SeriesTail {
  const milliUnits = new Map<DayNumber, number>();
  const onpromotion = new Map<DayNumber, number>();
  const tickets = new Map<DayNumber, number>();
  const storeDays = new Set<DayNumber>();
  for (let i = 0, day = firstDay; i < values.length; i += 4, day++) {
    const [sold, promoted, counted, open] = values.slice(i, i + 4);
    if (sold) milliUnits.set(day, Number(sold));
    if (promoted) onpromotion.set(day, Number(promoted));
    if (counted) tickets.set(day, Number(counted));
    if (open || counted) storeDays.add(day);
  }
  return { milliUnits, onpromotion, tickets, storeDays };
}
