import { at } from '../../../../shared/at.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { type Holiday, holidaySchema, type OilPrice } from '../../../../shared/schemas/catalog.ts';
import { normalizeName } from '../../../../shared/schemas/series.ts';
import { createDateParser, invalid, parseNumber } from './fields.ts';
import { readTable, type TableRequest } from './read-table.ts';

type Source = Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>;

/** Reads oil.csv: date, dcoilwtico. A day without a price has an empty field. */
export async function readOil(source: Source): Promise<readonly OilPrice[]> {
  const prices = new Map<number, OilPrice>();
  const parseDate = createDateParser();
  await readTable({
    ...source,
    columns: ['date', 'dcoilwtico'],
    onRow({ fields: [dateText = '', priceText = ''] }) {
      const day = parseDate('date', dateText);
      if ('problem' in day) return day.problem;
      if (priceText === '') return null;
      const price = parseNumber('dcoilwtico', priceText);
      if ('problem' in price) return price.problem;
      if (price.value <= 0) {
        return invalid(
          'dcoilwtico',
          `the price "${priceText}" is not positive`,
          'Leave the field empty where no price is known',
          'bad-number',
        ).problem;
      }
      if (prices.has(day.value)) {
        return invalid('date', `${dateText}: duplicate row`, 'Keep one price a day', 'duplicate-key').problem;
      }
      prices.set(day.value, { date: dateText, price: price.value });
      return null;
    },
  });
  return [...prices].sort(([left], [right]) => left - right).map(([, price]) => price);
}

const HOLIDAY_COLUMNS: readonly string[] = [
  'date',
  'type',
  'locale',
  'locale_name',
  'description',
  'transferred',
];
const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false };

/** Reads holidays_events.csv: date, type, locale, locale_name, description, transferred. */
export async function readHolidays(source: Source): Promise<readonly Holiday[]> {
  const holidays: Holiday[] = [];
  const parseDate = createDateParser();
  await readTable({
    ...source,
    columns: HOLIDAY_COLUMNS,
    onRow({ fields }) {
      const [dateText = '', type, locale, localeName = '', description = '', transferredText = ''] = fields;
      const day = parseDate('date', dateText);
      if ('problem' in day) return day.problem;
      const transferred = TRUTH[transferredText.toLowerCase()];
      if (transferred === undefined) {
        return invalid('transferred', `"${transferredText}" is neither True nor False`, 'Write True or False')
          .problem;
      }
      const parsed = holidaySchema.safeParse({
        date: toIsoDate(day.value),
        type,
        locale,
        locale_name: normalizeName(localeName),
        description: normalizeName(description),
        transferred,
      });
      if (parsed.success) {
        holidays.push(parsed.data);
        return null;
      }
      const issue = parsed.error.issues[0];
      const column = String(issue?.path[0] ?? 'type');
      const text = at(fields, HOLIDAY_COLUMNS.indexOf(column));
      return invalid(column, `"${text}" is not known`, issue?.message ?? 'Use one of the public values')
        .problem;
    },
  });
  return holidays.sort((left, right) => (left.date < right.date ? -1 : Number(left.date > right.date)));
}
