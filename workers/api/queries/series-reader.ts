import { at } from '../../../shared/at.ts';
import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { type IsoDate, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { SeriesReading } from '../../../shared/sales-store/sales-store.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { type SeriesKey, seriesKey } from '../../../shared/schemas/series.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { SalesReader } from './dependencies.ts';
import { type Position, positionOf } from './stream-position.ts';

/** The finished days of one series, and where the clock stood when they were read. */
export interface ClosedSeries {
  readonly reading: SeriesReading;
  readonly position: Position;
  readonly liveFrom: IsoDate;
}

/** A series of a request. */
export interface AskedSeries {
  readonly storeNbr: string;
  readonly family: string;
  /**
   * Whether the catalog has it. One that it does not have was not on sale before its first sale, so that earlier days are
   * unknown; where nothing was sold, its last finished day is the only one.
   */
  readonly isListed: boolean;
}

export interface SeriesReader {
  /**
   * @throws {ApiProblem} `not-ready` while the history of the store is not imported, `unknown-series` when a listed
   *   series has neither history nor sales.
   */
  read(series: AskedSeries): Promise<ClosedSeries>;
  /**
   * The same of several series in one request to each partition, in their order; a problem in the place of each of
   * which `read` would throw it.
   *
   * @throws {ApiProblem} `not-ready` if that is so of all series.
   */
  readMany(series: readonly AskedSeries[]): Promise<(ClosedSeries | ApiProblem)[]>;
}

/** Days can close between two attempts, but not often. */
const ATTEMPTS = 3;

type Known = Pick<ClosedSeries, 'liveFrom'> & { readonly watermark: EntryId | null };

/**
 * Which days are closed depends on the watermark, which comes with the reading. Instead of asking for it first, the
 * reader assumes that it still stands on the day of the last reading and reads again in the rare case it does not:
 * one round trip instead of two.
 */
export function createSeriesReader(store: SalesReader, clock: BusinessClock): SeriesReader {
  let assumed: Known | null = null;

  const consultStatus = async () => {
    const { liveFrom, watermark, compactedThrough, importedStores } = await store.status();
    const isImported = (storeNbr: string) => compactedThrough !== null || importedStores.includes(storeNbr);
    if (liveFrom === null) throw notImported();
    const known: Known = { liveFrom, watermark };
    assumed = compactedThrough === null ? null : known;
    return { ...known, isImported };
  };

  /** Reads until the days that were assumed to be closed are; null for a series without history and sales. */
  const readClosed = async (
    keys: readonly SeriesKey[],
    { liveFrom, watermark }: Known,
    readings: (
      closedThrough: IsoDate,
      keys: readonly SeriesKey[],
    ) => Promise<readonly (SeriesReading | null)[]>,
  ): Promise<(ClosedSeries | null)[]> => {
    const found: (ClosedSeries | null)[] = keys.map(() => null);
    // Partitions may stand on different days.
    let pending = keys.map((key, place) => ({ key, place, watermark }));
    for (let attempt = 0; attempt < ATTEMPTS && pending.length > 0; attempt++) {
      const dayOf = (one: { watermark: EntryId | null }) =>
        positionOf(one.watermark, liveFrom, clock).closedThrough;
      const again: typeof pending = [];
      for (const [closedThrough, group] of Map.groupBy(pending, dayOf)) {
        const read = await readings(
          toIsoDate(closedThrough),
          group.map(({ key }) => key),
        );
        group.forEach(({ key, place }, i) => {
          const reading = at(read, i);
          if (reading === null) return;
          const position = positionOf(reading.watermark, liveFrom, clock);
          if (assumed) assumed = { liveFrom, watermark: reading.watermark };
          if (position.closedThrough === closedThrough) found[place] = { reading, position, liveFrom };
          else again.push({ key, place, watermark: reading.watermark });
        });
      }
      pending = again;
    }
    if (pending.length === 0) return found;
    throw new ApiProblem(
      'not-ready',
      'Days close faster than they can be read; try again when the replay is slower',
    );
  };

  const readAll = async (
    series: readonly AskedSeries[],
    readings: Parameters<typeof readClosed>[2],
  ): Promise<(ClosedSeries | ApiProblem)[]> => {
    const status = assumed ? null : await consultStatus();
    const isImported = status ? status.isImported : () => true;
    const imported = series.filter(({ storeNbr }) => isImported(storeNbr));
    const closed = await readClosed(
      imported.map(({ storeNbr, family }) => seriesKey(storeNbr, family)),
      status ?? (assumed as Known),
      readings,
    );
    const found = new Map(imported.map((one, i) => [one, at(closed, i)]));
    const asOf = series.every((one) => found.get(one)) ? null : (status ?? (await consultStatus()));
    return series.map((one) => {
      const known = found.get(one);
      if (known) return one.isListed ? known : sinceFirstSale(known);
      if (!asOf?.isImported(one.storeNbr)) return notImported(one.storeNbr);
      return one.isListed ? unknownSeries(one) : nothingSold(one, asOf);
    });
  };

  /** A series that has neither history nor sales, as of its last finished day. */
  const nothingSold = ({ storeNbr, family }: AskedSeries, { liveFrom, watermark }: Known): ClosedSeries => {
    const position = positionOf(watermark, liveFrom, clock);
    const reading = {
      series: seriesKey(storeNbr, family),
      firstDate: toIsoDate(position.closedThrough),
      milliUnits: Int32Array.of(MISSING),
      onpromotion: Uint16Array.of(0),
      tickets: Int32Array.of(MISSING),
      watermark,
    };
    return { reading, position, liveFrom };
  };

  return {
    async read(series) {
      const [closed] = await readAll([series], async (closedThrough, [key]) => [
        await store.readSeries(key as SeriesKey, closedThrough),
      ]);
      if (closed instanceof ApiProblem) throw closed;
      return closed as ClosedSeries;
    },
    readMany: (series) => readAll(series, (closedThrough, keys) => store.readManySeries(keys, closedThrough)),
  };
}

function sinceFirstSale(closed: ClosedSeries): ClosedSeries {
  const milliUnits = closed.reading.milliUnits.slice();
  const first = milliUnits.findIndex((units) => units > 0);
  milliUnits.fill(MISSING, 0, first < 0 ? milliUnits.length : first);
  return { ...closed, reading: { ...closed.reading, milliUnits } };
}

function unknownSeries({ storeNbr, family }: AskedSeries): ApiProblem {
  return new ApiProblem('unknown-series', `Store ${storeNbr} has neither history nor sales of "${family}"`);
}

function notImported(storeNbr?: string): ApiProblem {
  const whose = storeNbr === undefined ? 'The history' : `The history of store ${storeNbr}`;
  const detail = `${whose} is still being imported`;
  return new ApiProblem('not-ready', `${detail}; GET /v1/ready says what is missing`, {
    missing: [{ component: 'history', status: 'missing', detail }],
  });
}
