import { SYNTHETIC_NAME } from '../synthetic/generate-dataset.ts';

/** What is known of the sales of a dataset or a publication. */
export interface KnownRange {
  /** Name of the dataset. */
  readonly dataset: string;
  /** `store:family` of every series. */
  readonly series: readonly string[];
}

/** How far the series of two datasets are the same. */
export interface SeriesOverlap {
  readonly datasets: readonly [string, string];
  /** Series of either. */
  readonly counts: readonly [number, number];
  readonly shared: number;
}

/** From this share on, two lists of series are those of one retailer: stores and families come and go, most stay. */
const MOST = 0.5;

/**
 * Whether two datasets are the sales of one retailer: of one name, or told by their series. A name alone does not tell
 * them apart, since it is that of a folder, which may have a date in it.
 */
export function isSameRetailer(one: KnownRange, other: KnownRange): boolean {
  if (one.dataset === other.dataset) return true;
  const known = new Set(one.series);
  return haveSeriesOfOneRetailer({
    datasets: [one.dataset, other.dataset],
    counts: [one.series.length, other.series.length],
    shared: other.series.filter((key) => known.has(key)).length,
  });
}

/**
 * Whether the series of two datasets are those of one retailer: half of the series of the smaller are in the larger, and
 * not just one of both is the synthetic dataset.
 */
export function haveSeriesOfOneRetailer({ datasets, counts, shared }: SeriesOverlap): boolean {
  const fewer = Math.min(...counts);
  return fewer > 0 && shared >= MOST * fewer && !isSyntheticAgainstOther(...datasets);
}

/** The synthetic dataset has the stores and families of the public dataset, and is another retailer all the same. */
export function isSyntheticAgainstOther(one: string, other: string): boolean {
  return (one === SYNTHETIC_NAME) !== (other === SYNTHETIC_NAME);
}
