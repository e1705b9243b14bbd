import { SYNTHETIC_NAME } from '../synthetic/generate-dataset.ts';

/** The identity of the sales in a dataset or a publication. */
export interface KnownRange {
  /** Name of the dataset. */
  readonly dataset: string;
  /** `store:family` of every series. */
  readonly series: readonly string[];
}

/** The overlap of the series of two datasets. */
export interface SeriesOverlap {
  readonly datasets: readonly [string, string];
  /** Series in either. */
  readonly counts: readonly [number, number];
  readonly shared: number;
}

/** From this share, two lists of series are one retailer's: stores and families come and go, most stay. */
const MOST = 0.5;

/**
 * Whether two datasets are the sales of one retailer: by name, or by their series. A different name is no evidence,
 * since it is that of a folder, which may contain a date.
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
 * Whether the series of two datasets are one retailer's: at least half of the series of the smaller are in the larger,
 * and not just one of the two is the synthetic dataset.
 */
export function haveSeriesOfOneRetailer({ datasets, counts, shared }: SeriesOverlap): boolean {
  const fewer = Math.min(...counts);
  return fewer > 0 && shared >= MOST * fewer && !isSyntheticAgainstOther(...datasets);
}

/** The synthetic dataset has the stores and families of the public dataset, but is another retailer. */
export function isSyntheticAgainstOther(one: string, other: string): boolean {
  return (one === SYNTHETIC_NAME) !== (other === SYNTHETIC_NAME);
}
