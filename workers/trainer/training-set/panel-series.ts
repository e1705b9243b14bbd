import { createClosureCalendar } from '../../../shared/calendar/closures.ts';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { SeriesCovariates, SeriesHistory } from '../../../shared/features/index.ts';
import { type Categories, createCovariates, HORIZON } from '../../../shared/features/index.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { inferClosures } from '../datasets/closures/infer-closures.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { closedDaysByStore } from './closures.ts';

/** One series of a panel: views into its columns, and the covariates of every day of it. */
export interface PanelSeries {
  readonly storeNbr: number;
  readonly family: string;
  readonly history: SeriesHistory;
  readonly covariates: SeriesCovariates;
  /** 1 on days on which the store was closed, by day of the panel; shared by the series of a store. */
  readonly closedDays: Uint8Array;
  /** 1 on those of the `HORIZON` days after an origin on which its store was foreseen then to be closed. */
  closedAhead(origin: DayNumber): Uint8Array;
}

/** Opens every series of a dataset, in the order of the panel. Nothing of the panel is copied. */
export function openPanelSeries(dataset: Dataset, categories: Categories): PanelSeries[] {
  const { panel } = dataset;
  const lastDay = panel.firstDay + panel.dayCount - 1;
  const covariates = createCovariates(
    {
      shift_days: dataset.shiftDays,
      first_date: toIsoDate(panel.firstDay),
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
    const known = calendars.get(origin) ?? createClosureCalendar(inferClosures(dataset, origin, HORIZON));
    calendars.set(origin, known);
    return known;
  };
  return panel.series.map(({ storeNbr, family }, s) => {
    const store = storeIndex.get(storeNbr) ?? -1;
    const { dayCount, plannedDayCount } = panel;
    return {
      storeNbr,
      family,
      covariates: covariates.of({ storeNbr, family }),
      closedDays: closed.get(storeNbr) ?? new Uint8Array(dayCount),
      closedAhead: (origin) =>
        Uint8Array.from({ length: HORIZON }, (_, i) =>
          Number(calendarAt(origin).reasonOf(storeNbr, origin + 1 + i) !== null),
        ),
      history: {
        firstDay: panel.firstDay,
        milliUnits: panel.milliUnits.subarray(s * dayCount, (s + 1) * dayCount),
        onpromotion: panel.onpromotion.subarray(s * plannedDayCount, (s + 1) * plannedDayCount),
        tickets: panel.tickets ? panel.tickets.subarray(store * dayCount, (store + 1) * dayCount) : noTickets,
      },
    };
  });
}
