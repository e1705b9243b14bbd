import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { type IsoDate, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { SeriesReading } from '../../../shared/sales-store/sales-store.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { SalesReader } from './dependencies.ts';
import { type Position, positionOf } from './stream-position.ts';

/** The finished days of one series, and where the clock stood when they were read. */
export interface ClosedSeries {
  readonly reading: SeriesReading;
  readonly position: Position;
  readonly liveFrom: IsoDate;
}

export interface SeriesReader {
  /**
   * @throws {ApiProblem} `not-ready` while the history of the store is not imported, `unknown-series` when there is
   *   neither history nor sales.
   */
  read(storeNbr: string, family: string): Promise<ClosedSeries>;
  /**
   * The same for a series that the catalog does not have: it was not on sale before its first sale, so that earlier days
   * are unknown. Where nothing was sold, its last finished day is the only one.
   *
   * @throws {ApiProblem} `not-ready` while the history of the store is not imported.
   */
  readUnlisted(storeNbr: string, family: string): Promise<ClosedSeries>;
}

/** Days can close between two attempts, but not often. */
const ATTEMPTS = 3;

/**
 * Which days are closed depends on the watermark, which comes with the reading. Instead of asking for it first, the
 * reader assumes that it still stands on the day of the last reading and reads again in the rare case it does not:
 * one round trip instead of two.
 */
export function createSeriesReader(store: SalesReader, clock: BusinessClock): SeriesReader {
  let assumed: { readonly liveFrom: IsoDate; readonly watermark: EntryId | null } | null = null;

  const consultStatus = async (storeNbr: string) => {
    const { liveFrom, watermark, compactedThrough, importedStores } = await store.status();
    const complete = compactedThrough !== null;
    if (liveFrom === null || !(complete || importedStores.includes(storeNbr))) {
      const detail = `The history of store ${storeNbr} is still being imported`;
      throw new ApiProblem('not-ready', `${detail}; GET /v1/ready says what is missing`, {
        missing: [{ component: 'history', status: 'missing', detail }],
      });
    }
    const known = { liveFrom, watermark };
    assumed = complete ? known : null;
    return known;
  };

  const readOrNull = async (storeNbr: string, family: string): Promise<ClosedSeries | null> => {
    const key = seriesKey(storeNbr, family);
    let known = assumed ?? (await consultStatus(storeNbr));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const expected = positionOf(known.watermark, known.liveFrom, clock);
      const reading = await store.readSeries(key, toIsoDate(expected.closedThrough));
      if (reading === null) return null;
      const position = positionOf(reading.watermark, known.liveFrom, clock);
      known = { liveFrom: known.liveFrom, watermark: reading.watermark };
      if (assumed) assumed = known;
      if (position.closedThrough === expected.closedThrough) {
        return { reading, position, liveFrom: known.liveFrom };
      }
    }
    throw new ApiProblem(
      'not-ready',
      'Days close faster than they can be read; try again when the replay is slower',
    );
  };

  return {
    async read(storeNbr, family) {
      const closed = await readOrNull(storeNbr, family);
      if (closed) return closed;
      await consultStatus(storeNbr);
      throw new ApiProblem(
        'unknown-series',
        `Store ${storeNbr} has neither history nor sales of "${family}"`,
      );
    },
    async readUnlisted(storeNbr, family) {
      const closed = await readOrNull(storeNbr, family);
      if (closed) {
        const milliUnits = closed.reading.milliUnits.slice();
        const first = milliUnits.findIndex((units) => units > 0);
        milliUnits.fill(MISSING, 0, first < 0 ? milliUnits.length : first);
        return { ...closed, reading: { ...closed.reading, milliUnits } };
      }
      const { liveFrom, watermark } = await consultStatus(storeNbr);
      const position = positionOf(watermark, liveFrom, clock);
      const unknown = {
        series: seriesKey(storeNbr, family),
        firstDate: toIsoDate(position.closedThrough),
        milliUnits: Int32Array.of(MISSING),
        onpromotion: Uint16Array.of(0),
        tickets: Int32Array.of(MISSING),
        watermark,
      };
      return { reading: unknown, position, liveFrom };
    },
  };
}
