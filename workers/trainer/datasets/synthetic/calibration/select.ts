import type { Dataset, Panel } from '../../dataset.ts';

/** The columns of one series. */
export interface SeriesColumns {
  readonly storeNbr: number;
  readonly family: string;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
  /** 1 on days on which the series' store sold anything at all. */
  readonly open: Uint8Array;
}

/** Some series of a panel over its whole span. */
export interface Selection {
  readonly firstDay: number;
  readonly dayCount: number;
  readonly series: readonly SeriesColumns[];
}

export function selectSeries(
  { firstDay, dayCount, plannedDayCount, series, milliUnits, onpromotion }: Panel,
  isWanted: (series: { readonly storeNbr: number; readonly family: string }) => boolean = () => true,
): Selection {
  const open = new Map<number, Uint8Array>();
  series.forEach(({ storeNbr }, s) => {
    const days = open.get(storeNbr) ?? new Uint8Array(dayCount);
    open.set(storeNbr, days);
    for (let day = 0; day < dayCount; day += 1) {
      if ((milliUnits[s * dayCount + day] ?? 0) > 0) days[day] = 1;
    }
  });
  return {
    firstDay,
    dayCount,
    series: series.flatMap(({ storeNbr, family }, s) =>
      isWanted({ storeNbr, family })
        ? [
            {
              storeNbr,
              family,
              milliUnits: milliUnits.subarray(s * dayCount, (s + 1) * dayCount),
              onpromotion: onpromotion.subarray(s * plannedDayCount, s * plannedDayCount + dayCount),
              open: open.get(storeNbr) ?? new Uint8Array(dayCount),
            },
          ]
        : [],
    ),
  };
}

/** The `count` stores that sell most over the whole span. */
export function largestStores({ panel, stores }: Dataset, count: number): ReadonlySet<number> {
  const totals = new Map(stores.map(({ store_nbr }) => [store_nbr, 0]));
  panel.series.forEach(({ storeNbr }, s) => {
    let sum = 0;
    for (const value of panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount)) {
      sum += Math.max(0, value);
    }
    totals.set(storeNbr, (totals.get(storeNbr) ?? 0) + sum);
  });
  const sorted = [...totals].sort(([, left], [, right]) => right - left);
  return new Set(sorted.slice(0, count).map(([storeNbr]) => storeNbr));
}
