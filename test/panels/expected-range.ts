import { at } from '../../shared/at.ts';
import { createHolidayCalendar, type DayKind } from '../../shared/features/holiday-calendar.ts';
import { HORIZON } from '../../shared/features/index.ts';
import { seriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import type { PanelForecast } from '../support/trainer/forecast-panel.ts';

const WEEKS = 8;
const FACTOR = 3;
const SLACK_UNITS = 3;

/** A forecast that nothing in the history of its series explains. */
export interface Implausibility {
  readonly series: string;
  readonly h: number;
  readonly units: number;
  readonly least: number;
  readonly greatest: number;
}

/** Known same weekdays that say what to expect of one more; a single one may be an odd day. */
const ENOUGH_DAYS = 2;
/** Known days without a sale at the end after which a series may be forecast at nothing: it has been given up, or renamed. */
const SILENT_DAYS = 2;

/**
 * Forecasts above 3 x max + 3 units or below min / 3 - 3 units of what the series sold on the same weekdays of the last
 * 8 weeks, where neither a promotion nor a holiday explains it. Without two known same weekdays all days of those weeks
 * count, then the whole history, then the other series of the store. A day on which the store is closed sells nothing, and a
 * series that sold nothing on its last days may go on so. Zeros before the first sale of a series say nothing: it was not
 * offered yet (a file with rows only for what was sold gives them to a product that was renamed last week).
 */
export function findImplausibilities(dataset: Dataset, { series }: PanelForecast): Implausibility[] {
  const { panel, stores, holidays } = dataset;
  const origin = panel.firstDay + panel.dayCount - 1;
  const calendar = createHolidayCalendar(holidays, origin, origin + HORIZON);
  const reference = referenceDays(dataset);
  const found: Implausibility[] = [];
  panel.series.forEach(({ storeNbr, family }, s) => {
    const place = stores.find(({ store_nbr }) => store_nbr === storeNbr) ?? { city: '', state: '' };
    const days = series.get(seriesKey(storeNbr, family))?.days ?? [];
    const isSilent = fellSilent(dataset, s);
    days.forEach(({ median, mean, closed }, i) => {
      const h = i + 1;
      if (closed) return;
      if ([h - 1, h, h + 1].some((day) => isSpecial(calendar.kindOf(origin + day, place)))) return;
      const cells = reference(s, h);
      const sold = cells.map((cell) => (panel.milliUnits[cell] as number) / 1000);
      const [least, greatest] = [Math.min(...sold), Math.max(...sold)];
      const planned = panel.onpromotion[s * panel.plannedDayCount + panel.dayCount + h - 1] ?? 0;
      const isPlanned = panel.dayCount + h - 1 < panel.plannedDayCount && planned > 0;
      const wasPromoted = cells.some((cell) => promotedAt(dataset, cell) > 0);
      for (const units of [median, mean]) {
        const isHigh = !isPlanned && units > FACTOR * greatest + SLACK_UNITS;
        const isLow = !isSilent && (isPlanned || !wasPromoted) && units < least / FACTOR - SLACK_UNITS;
        if (!(isHigh || isLow || !Number.isFinite(units))) continue;
        found.push({ series: seriesKey(storeNbr, family), h, units, least, greatest });
        return;
      }
    });
  });
  return found;
}

function isSpecial(kind: DayKind): boolean {
  return Object.values(kind).some((isSo) => isSo === true);
}

function fellSilent({ panel: { milliUnits, dayCount } }: Dataset, s: number): boolean {
  const known = milliUnits.subarray(s * dayCount, (s + 1) * dayCount).filter((value) => value >= 0);
  return known.length >= SILENT_DAYS && known.subarray(-SILENT_DAYS).every((value) => value === 0);
}

function promotedAt({ panel }: Dataset, cell: number): number {
  const { dayCount, plannedDayCount, onpromotion } = panel;
  return onpromotion[Math.floor(cell / dayCount) * plannedDayCount + (cell % dayCount)] ?? 0;
}

/** Cells of `panel.milliUnits` that say what to expect of a series h days ahead, at least one. */
function referenceDays({ panel }: Dataset): (s: number, h: number) => number[] {
  const { dayCount, milliUnits } = panel;
  const firstSales = panel.series.map((_, s) => {
    const first = milliUnits.subarray(s * dayCount, (s + 1) * dayCount).findIndex((value) => value > 0);
    return s * dayCount + Math.max(0, first);
  });
  const known = (s: number, daysBack: Iterable<number>) =>
    [...daysBack]
      .map((back) => (s + 1) * dayCount - 1 - back)
      .filter((cell) => cell >= at(firstSales, s) && (milliUnits[cell] as number) >= 0);
  const back = (count: number, step = 1, from = 0) =>
    Array.from({ length: count }, (_, i) => from + step * i);
  return (s, h) => {
    const sameWeekdays = known(s, back(WEEKS, 7, (7 - (h % 7)) % 7));
    if (sameWeekdays.length >= ENOUGH_DAYS) return sameWeekdays;
    const weeks = known(s, back(7 * WEEKS));
    if (weeks.length > 0) return weeks;
    const all = known(s, back(dayCount));
    if (all.length > 0) return all;
    const { storeNbr } = panel.series[s] ?? { storeNbr: '0' };
    return panel.series.flatMap((peer, p) => (peer.storeNbr === storeNbr ? known(p, back(7 * WEEKS)) : []));
  };
}
