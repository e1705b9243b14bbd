import { at } from '../at.ts';
import type { DayNumber } from '../calendar/day-number.ts';
import type { SeriesHistory } from '../features/series-history.ts';

const RECENT_DAYS = 28;

/**
 * log1p(mean units of the known days among the last 28 up to the origin), which determines the volume class of a
 * series.
 */
export function volumeLevel(history: SeriesHistory, origin: DayNumber): number {
  const last = origin - history.firstDay;
  let sum = 0;
  let known = 0;
  for (let at = Math.max(0, last - RECENT_DAYS + 1); at <= last && at < history.milliUnits.length; at++) {
    const milliUnits = history.milliUnits[at] as number;
    if (milliUnits < 0) continue;
    sum += milliUnits;
    known++;
  }
  return known === 0 ? 0 : Math.log1p(sum / known / 1000);
}

/** How series are divided by volume: small series are relatively noisier than large ones. */
export interface VolumeClassOptions {
  /** Most classes. */
  readonly maxClasses: number;
  /** Fewest residuals in one class. */
  readonly minPerClass: number;
}

/**
 * Upper bounds of classes with about as many residuals each.
 *
 * @param levels the `volumeLevel` behind each residual
 */
export function volumeClassBounds(levels: Float64Array, options: VolumeClassOptions): number[] {
  const sorted = levels.slice().sort();
  const wanted = Math.floor(sorted.length / options.minPerClass);
  const classes = Math.max(1, Math.min(options.maxClasses, wanted));
  const bounds = new Set<number>();
  for (let i = 1; i < classes; i++) bounds.add(at(sorted, Math.floor((i * sorted.length) / classes)));
  // A bound at the least level would leave the class below it empty.
  bounds.delete(at(sorted, 0));
  return [...bounds].sort((a, b) => a - b);
}

/** Index of the first class whose bound is above `level`. */
export function volumeClassOf(bounds: readonly number[], level: number): number {
  let volumeClass = 0;
  while (volumeClass < bounds.length && !(level < (bounds[volumeClass] as number))) volumeClass++;
  return volumeClass;
}
