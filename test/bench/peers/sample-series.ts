import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { volumeLevel } from '../../../shared/forecast/volume-class.ts';
import type { PanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import { rowHash } from '../../../workers/trainer/model/training-set/training-rows.ts';

/**
 * A stratified sample: series ordered by family, and within it by volume up to `origin`, are cut into `size` strata of
 * equal size, give or take one, and one series is drawn from each. Every family, and slow and fast sellers alike, are
 * represented. All series if there are no more than `size`.
 *
 * @returns indices into `series`, ascending
 */
export function sampleSeries(
  series: readonly Pick<PanelSeries, 'family' | 'history'>[],
  origin: DayNumber,
  size: number,
  seed: number,
): number[] {
  if (series.length <= size) return series.map((_, s) => s);
  const ordered = series
    .map(({ family, history }, s) => ({ s, family, level: volumeLevel(history, origin) }))
    .sort((left, right) => compareText(left.family, right.family) || left.level - right.level);
  const startOf = (stratum: number) => Math.floor((stratum * series.length) / size);
  const drawn = Array.from({ length: size }, (_, stratum) => {
    const [from, to] = [startOf(stratum), startOf(stratum + 1)];
    const share = rowHash(seed, stratum, 0, 0) / 2 ** 32;
    return ordered.slice(from, to)[Math.floor(share * (to - from))]?.s ?? from;
  });
  return drawn.sort((left, right) => left - right);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
