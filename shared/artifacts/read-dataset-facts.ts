import { type IsoDate, toDayNumber } from '../calendar/day-number.ts';
import { readFamily, readStoreNbr } from '../schemas/series.ts';
import { InvalidObjectError, isArrayOf, parseObject } from './parse-object.ts';

/** What the pipeline needs to know of the catalog. */
export interface DatasetFacts {
  readonly liveFrom: IsoDate;
  /** Last day that can be replayed. */
  readonly lastDate: IsoDate;
  readonly storeNbrs: ReadonlySet<string>;
  readonly families: ReadonlySet<string>;
}

/**
 * The few facts of `dataset/catalog.json` that the pipeline needs in every run. Validating thousands of holidays and
 * oil prices each time would cost more than the run itself.
 *
 * @throws {InvalidObjectError} naming key and field
 */
export function readDatasetFacts(text: string, key: string): DatasetFacts {
  const { live_from, last_date, stores, families } = parseObject(text, key);
  const fail = (field: string, rule: string): never => {
    throw new InvalidObjectError(`${key}: ${field} ${rule}; publish the dataset again`);
  };
  const dateOf = (field: string, value: unknown): IsoDate => {
    try {
      toDayNumber(String(value));
    } catch {
      fail(field, 'must be a date');
    }
    return String(value);
  };
  if (!Array.isArray(stores)) return fail('stores', 'must be a list');
  if (!isArrayOf(families, isFamily)) return fail('families', 'must be names');
  const storeNbrs = stores.map((store: { readonly store_nbr?: unknown } | null) => {
    const storeNbr = readStoreNbr(store?.store_nbr);
    return storeNbr ?? fail('stores', 'must have a store_nbr each');
  });
  return {
    liveFrom: dateOf('live_from', live_from),
    lastDate: dateOf('last_date', last_date),
    storeNbrs: new Set(storeNbrs),
    families: new Set(families),
  };
}

function isFamily(value: unknown): value is string {
  return readFamily(value) !== null;
}
