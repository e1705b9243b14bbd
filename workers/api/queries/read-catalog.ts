import { InvalidObjectError, isArrayOf, parseObject } from '../../../shared/artifacts/parse-object.ts';
import { type Catalog, holidaySchema } from '../../../shared/schemas/catalog.ts';
import { isSeriesKey, readStoreNbr } from '../../../shared/schemas/series.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => typeof value === 'string' && value !== '' && value.trim() === value;
const isSeries: Check = (value) => typeof value === 'string' && isSeriesKey(value);
const isInteger: Check = (value) => Number.isInteger(value);
const isStoreNbr: Check = (value) => readStoreNbr(value) !== null;
/** The form only: thousands of dates are not worth more in a cold start, and who reads one checks it. */
const isDate: Check = (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
const isOneOf = (options: readonly string[]): Check => {
  const set = new Set<unknown>(options);
  return (value) => set.has(value);
};
const isObjectOf = (fields: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(fields);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, check]) => check((value as Record<string, unknown>)[name]));
};
const isListOf = (check: Check, atLeast = 0): Check => {
  return (value) =>
    isArrayOf<unknown>(value, (item): item is unknown => check(item)) && value.length >= atLeast;
};

const FIELDS: Readonly<Record<keyof Catalog, readonly [Check, string]>> = {
  schema_version: [(value) => value === 1, 'must be 1'],
  dataset: [isText, 'must be a name'],
  shift_days: [isInteger, 'must be a whole number of days'],
  first_date: [isDate, 'must be a date'],
  live_from: [isDate, 'must be a date'],
  last_date: [isDate, 'must be a date'],
  has_tickets: [(value) => typeof value === 'boolean', 'must be true or false'],
  stores: [
    isListOf(
      isObjectOf({ store_nbr: isStoreNbr, city: isText, state: isText, type: isText, cluster: isInteger }),
      1,
    ),
    'must have store_nbr, city, state, type and cluster each',
  ],
  families: [isListOf(isName, 1), 'must be names'],
  series: [isListOf(isSeries, 1), 'must be store:family each'],
  holidays: [
    isListOf(
      isObjectOf({
        date: isDate,
        type: isOneOf(holidaySchema.shape.type.options),
        locale: isOneOf(holidaySchema.shape.locale.options),
        locale_name: isText,
        description: isText,
        transferred: (value) => typeof value === 'boolean',
      }),
    ),
    'must be rows of holidays_events.csv',
  ],
  oil: [
    isListOf(isObjectOf({ date: isDate, price: (value) => typeof value === 'number' && value > 0 })),
    'must have date and price each',
  ],
  closures: [
    (value) =>
      value === undefined ||
      isObjectOf({
        intervals: isListOf(
          isObjectOf({
            store_nbr: isStoreNbr,
            from: isDate,
            to: (to) => to === null || isDate(to),
            reason: isText,
            declared: (declared) => typeof declared === 'boolean',
          }),
        ),
        weekly: isListOf(
          isObjectOf({ store_nbr: isStoreNbr, weekdays: isListOf(isInteger, 1), from: isDate }),
        ),
      })(value),
    'must have intervals and weekly days off',
  ],
};

/**
 * Reads the catalog. The rules are those of `catalogSchema`, checked by hand: the schema's own parser takes most of the
 * 10 ms that the free plan gives to a request, and a cold start has other work to do.
 *
 * @throws {InvalidObjectError} naming key and field.
 */
export function readCatalog(text: string, key: string): Catalog {
  const catalog = parseObject(text, key);
  for (const [field, [check, rule]] of Object.entries(FIELDS)) {
    if (!check(catalog[field]))
      throw new InvalidObjectError(`${key}: ${field} ${rule}; publish the dataset again`);
  }
  return withTextIds(catalog as unknown as Catalog);
}

/** Catalogs that were published when stores were numbers have numbers in them. */
function withTextIds(catalog: Catalog): Catalog {
  const { stores, closures } = catalog;
  const toText = <T extends { readonly store_nbr: string }>(items: readonly T[]): T[] =>
    items.map((item) =>
      typeof item.store_nbr === 'string' ? item : { ...item, store_nbr: String(item.store_nbr) },
    );
  return {
    ...catalog,
    stores: toText(stores),
    ...(closures && { closures: { intervals: toText(closures.intervals), weekly: toText(closures.weekly) } }),
  };
}
