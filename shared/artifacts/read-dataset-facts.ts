import { type IsoDate, toDayNumber } from '../calendar/day-number.ts';
import { familySchema, storeNbrSchema } from '../schemas/series.ts';
import { InvalidObjectError, isArrayOf, parseObject } from './parse-object.ts';

/** What the pipeline must know of the catalog. */
export interface DatasetFacts {
  readonly liveFrom: IsoDate;
  /** Last day that can be replayed. */
  readonly lastDate: IsoDate;
  readonly storeNumbers: ReadonlySet<number>;
  readonly families: ReadonlySet<string>;
}

/**
 * The few facts of `dataset/catalog.json` that the pipeline needs in every run, without checking its thousands of
 * holidays and oil prices each time: that costs more than the run itself.
 *
 * @throws {InvalidObjectError} naming key and field.
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
  if (!isArrayOf(stores, isStore)) return fail('stores', 'must have a store_nbr each');
  if (!isArrayOf(families, isFamily)) return fail('families', 'must be names');
  return {
    liveFrom: dateOf('live_from', live_from),
    lastDate: dateOf('last_date', last_date),
    storeNumbers: new Set(stores.map(({ store_nbr }) => store_nbr)),
    families: new Set(families),
  };
}

function isStore(value: unknown): value is { readonly store_nbr: number } {
  return storeNbrSchema.safeParse((value as { store_nbr?: unknown } | null)?.store_nbr).success;
}

function isFamily(value: unknown): value is string {
  return familySchema.safeParse(value).success;
}
