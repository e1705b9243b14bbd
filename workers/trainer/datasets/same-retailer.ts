import { TWIN_NAME } from './synthetic/generate-twin.ts';

/** What is known of the sales of a dataset or a publication. */
export interface KnownRange {
  /** Name of the dataset. */
  readonly dataset: string;
  /** `store_nbr:family` of every series. */
  readonly series: readonly string[];
}

/** From this share on, two lists of series are those of one retailer: stores and families come and go, most stay. */
const MOST = 0.5;

/**
 * Whether two datasets are the sales of one retailer: of one name, or half of the series of the smaller are in the
 * larger. A name alone does not tell, since it is that of a folder, which may have a date in it. The twin has the stores
 * and families of the public dataset and is another retailer all the same.
 */
export function isSameRetailer(one: KnownRange, other: KnownRange): boolean {
  if (one.dataset === other.dataset) return true;
  if (one.dataset === TWIN_NAME || other.dataset === TWIN_NAME) return false;
  const [fewer, more] =
    one.series.length <= other.series.length ? [one.series, other.series] : [other.series, one.series];
  const known = new Set(more);
  return fewer.length > 0 && fewer.filter((key) => known.has(key)).length >= MOST * fewer.length;
}
