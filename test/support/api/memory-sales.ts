import { isoMonthOf, isoWeekOf } from '../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  mergeStatus,
  type PartitionedStatus,
} from '../../../shared/sales-store/partitioned/partitioned-status.ts';
import type { BucketKind, SeriesReading, StoreStatus } from '../../../shared/sales-store/sales-store.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import type { SalesReader } from '../../../workers/api/queries/dependencies.ts';

/** The days of one series, live days included; `MISSING` marks a day without a value. */
export interface SampleSeries {
  readonly firstDate: string;
  readonly milliUnits: readonly number[];
  readonly onpromotion: readonly number[];
  readonly tickets: readonly number[];
}

/**
 * What the API reads of a feature store, worked out of whole series: readings end where they are asked to, weekly and
 * monthly buckets exist from `liveFrom` on and hold the opening balance of the period in progress then.
 */
export class MemorySales implements SalesReader {
  readonly series = new Map<string, SampleSeries>();
  readonly intraday = new Map<string, Record<string, number>>();
  failure: Error | null = null;
  calls: string[] = [];
  state: StoreStatus;

  constructor(state: StoreStatus) {
    this.state = state;
  }

  async status(): Promise<PartitionedStatus> {
    this.#called('status');
    return mergeStatus([{ index: 0, status: this.state, error: null }]);
  }

  async readSeries(key: string, closedThrough: string): Promise<SeriesReading | null> {
    this.#called('readSeries');
    return this.#reading(key, closedThrough);
  }

  async readManySeries(
    keys: readonly string[],
    closedThrough: string,
  ): Promise<readonly (SeriesReading | null)[]> {
    this.#called('readManySeries');
    return keys.map((key) => this.#reading(key, closedThrough));
  }

  #reading(key: string, closedThrough: string): SeriesReading | null {
    const series = this.series.get(key);
    if (!series) return null;
    const days = Math.max(0, toDayNumber(closedThrough) - toDayNumber(series.firstDate) + 1);
    return {
      series: key as SeriesReading['series'],
      firstDate: series.firstDate,
      milliUnits: Int32Array.from(series.milliUnits.slice(0, days)),
      onpromotion: Uint16Array.from(series.onpromotion.slice(0, days)),
      tickets: Int32Array.from(series.tickets.slice(0, days)),
      watermark: this.state.watermark,
    };
  }

  async readField(kind: BucketKind, periods: readonly string[], field: string): Promise<(number | null)[]> {
    this.#called('readField');
    const series = this.series.get(field);
    if (!series) return periods.map(() => null);
    if (kind === 'sales_daily') return periods.map((date) => dayOf(series.milliUnits, series, date));
    if (kind === 'onpromotion_daily') return periods.map((date) => dayOf(series.onpromotion, series, date));
    return periods.map((period) => this.#periodSum(kind, period, series));
  }

  async readBucket(kind: BucketKind, period: string) {
    this.#called('readBucket');
    return { kind, period, watermark: this.state.watermark, fields: this.intraday.get(period) ?? {} };
  }

  #periodSum(kind: BucketKind, period: string, series: SampleSeries): number | null {
    const nameOf = kind === 'sales_weekly' ? isoWeekOf : isoMonthOf;
    const firstLive = toDayNumber(this.state.liveFrom ?? '9999-12-31');
    if (period < nameOf(firstLive)) return null;
    let sum: number | null = null;
    series.milliUnits.forEach((value, index) => {
      const day = toDayNumber(series.firstDate) + index;
      if (nameOf(day) === period && value !== MISSING) sum = (sum ?? 0) + value;
    });
    return sum;
  }

  #called(name: string): void {
    this.calls.push(name);
    if (this.failure) throw this.failure;
  }
}

function dayOf(column: readonly number[], { firstDate }: SampleSeries, date: string): number | null {
  const value = column[toDayNumber(date) - toDayNumber(firstDate)];
  return value === undefined || value === MISSING ? null : value;
}

/** A series of `days` days up to and including `lastDate`, values made by `unitsOf(day index)`. */
export function sampleSeries(
  lastDate: string,
  days: number,
  milliUnitsOf: (index: number) => number,
): SampleSeries {
  const indexes = Array.from({ length: days }, (_, index) => index);
  return {
    firstDate: toIsoDate(toDayNumber(lastDate) - days + 1),
    milliUnits: indexes.map(milliUnitsOf),
    onpromotion: indexes.map((index) => (index % 6 === 0 ? 3 : 0)),
    tickets: indexes.map((index) => 900 + (index % 7) * 40),
  };
}
