import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../../shared/features/closure-calendar.ts';
import {
  type Categories,
  closedColumn,
  createCovariates,
  HORIZON,
  PLANNED_DAYS,
  type SeriesCovariates,
  type SeriesHistory,
} from '../../../../shared/features/index.ts';
import { STATIC_FEATURES } from '../../../../shared/features/static-features.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { inferClosures, isShut, storeHistories } from '../../data/closures/infer-closures.ts';
import { type Dataset, lastDayOf } from '../../data/dataset.ts';

/** One series of a panel: views into its columns, and the covariates of every day of it. */
export interface PanelSeries {
  readonly storeNbr: string;
  readonly family: string;
  readonly history: SeriesHistory;
  readonly covariates: SeriesCovariates;
  /** 1 on days on which the store was closed, by day of the panel; shared by the series of a store. */
  readonly closedDays: Uint8Array;
  /**
   * Why its store was expected, at an origin, to be closed on it and on each of the `PLANNED_DAYS` days after it, by
   * days from the origin; null where it was not.
   */
  readonly closedAsOf: (origin: DayNumber) => (string | null)[];
}

/** Opens every series of a dataset, in the order of the panel. The panel is not copied. */
export function openPanelSeries(dataset: Dataset, categories: Categories): PanelSeries[] {
  const { panel } = dataset;
  const lastDay = lastDayOf(panel);
  const covariates = createCovariates(
    {
      shift_days: dataset.shiftDays,
      stores: [...dataset.stores],
      holidays: [...dataset.holidays],
      oil: [...dataset.oil],
    },
    panel.firstDay,
    lastDay + HORIZON,
    categories,
  );
  const noTickets = new Int32Array(panel.dayCount).fill(MISSING);
  const storeIndex = new Map(dataset.stores.map((store, index) => [store.store_nbr, index]));
  const closed = closedDaysByStore(dataset);
  const calendars = new Map<DayNumber, ReturnType<typeof createClosureCalendar>>();
  const calendarAt = (origin: DayNumber) => {
    const known =
      calendars.get(origin) ?? createClosureCalendar(inferClosures(dataset, origin, PLANNED_DAYS));
    calendars.set(origin, known);
    return known;
  };
  return panel.series.map(({ storeNbr, family }, s) => {
    const store = storeIndex.get(storeNbr) ?? -1;
    const { dayCount, plannedDayCount } = panel;
    const closedDays = closed.get(storeNbr) ?? new Uint8Array(dayCount);
    return {
      storeNbr,
      family,
      covariates: covariates.of({ storeNbr, family }),
      closedDays,
      closedAsOf: (origin) =>
        Array.from({ length: PLANNED_DAYS + 1 }, (_, h) => calendarAt(origin).reasonOf(storeNbr, origin + h)),
      history: {
        firstDay: panel.firstDay,
        milliUnits: panel.milliUnits.subarray(s * dayCount, (s + 1) * dayCount),
        onpromotion: panel.onpromotion.subarray(s * plannedDayCount, (s + 1) * plannedDayCount),
        tickets: panel.tickets ? panel.tickets.subarray(store * dayCount, (store + 1) * dayCount) : noTickets,
        closed: closedDays,
      },
    };
  });
}

/** The series as known at an origin: of later closures only those that were foreseeable. */
export function seriesAsOf(series: PanelSeries, origin: DayNumber): PanelSeries {
  const { history, closedDays, closedAsOf } = series;
  const past = origin - history.firstDay;
  const closed = closedColumn(past, closedAsOf(origin));
  closed.set(closedDays.subarray(0, past));
  return { ...series, history: { ...history, closed } };
}

/** 1 on the days on which a store was closed, by the whole history, by store and day of the panel. */
export function closedDaysByStore(dataset: Dataset): ReadonlyMap<string, Uint8Array> {
  return new Map(
    storeHistories(dataset).map(({ store, states }) => [
      store.store_nbr,
      states.map((state) => Number(isShut(state))),
    ]),
  );
}

const STORE = STATIC_FEATURES.findIndex(({ name }) => name === 'store_nbr');
const FAMILY = STATIC_FEATURES.findIndex(({ name }) => name === 'family');

/**
 * Series in the order of their category codes, store first, family second. Sums of rounded numbers and the cuts of
 * XGBoost's histograms depend on the order of the rows, and the panel's series are in the order of their names.
 */
export function inCategoryOrder(series: readonly PanelSeries[]): readonly PanelSeries[] {
  const codes = ({ covariates: { statics } }: PanelSeries, feature: number) =>
    Number.isNaN(statics[feature]) ? Number.POSITIVE_INFINITY : (statics[feature] as number);
  const compare = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...series].sort(
    (a, b) => compare(codes(a, STORE), codes(b, STORE)) || compare(codes(a, FAMILY), codes(b, FAMILY)),
  );
}
