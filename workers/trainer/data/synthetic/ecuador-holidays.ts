import HolidayLibrary from 'date-holidays';
import {
  DAYS_PER_WEEK,
  type DayNumber,
  isoWeekday,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import type { Holiday } from '../../../../shared/schemas/catalog.ts';

const COUNTRY = 'Ecuador';

/** Foundation or independence days, as month and day. */
const CITY_DAYS: readonly (readonly [city: string, monthDay: string, description: string])[] = [
  ['Quito', '12-06', 'Fundacion de Quito'],
  ['Guayaquil', '07-25', 'Fundacion de Guayaquil'],
  ['Cuenca', '04-12', 'Fundacion de Cuenca'],
  ['Ambato', '11-12', 'Independencia de Ambato'],
  ['Manta', '11-04', 'Cantonizacion de Manta'],
  ['Santo Domingo', '07-03', 'Cantonizacion de Santo Domingo'],
  ['Portoviejo', '03-12', 'Fundacion de Portoviejo'],
  ['Machala', '06-25', 'Cantonizacion de Machala'],
  ['Ibarra', '09-28', 'Fundacion de Ibarra'],
  ['Latacunga', '11-11', 'Independencia de Latacunga'],
  ['Loja', '12-08', 'Fundacion de Loja'],
  ['Riobamba', '04-21', 'Independencia de Riobamba'],
  ['Esmeraldas', '08-05', 'Independencia de Esmeraldas'],
  ['Salinas', '12-22', 'Cantonizacion de Salinas'],
  ['Babahoyo', '05-27', 'Fundacion de Babahoyo'],
  ['Tulcan', '04-11', 'Cantonizacion de Tulcan'],
];
const STATE_DAYS: readonly (readonly [state: string, monthDay: string])[] = [
  ['Cotopaxi', '04-01'],
  ['Imbabura', '06-25'],
  ['Santo Domingo de los Tsachilas', '11-06'],
  ['Santa Elena', '11-07'],
  ['Tungurahua', '07-03'],
];
/** Local holidays that are transferred like national ones. */
const MOVABLE_CITIES = new Set(['Quito', 'Guayaquil']);
/** National holidays that are never transferred. */
const FIXED_RULES = /^(01-01|12-25|easter)/;

/**
 * The library dates this holiday in September; the law says 9 October.
 */
const CORRECTED_RULES: Readonly<Record<string, string>> = { '09-10': '10-09' };

type Row = Omit<Holiday, 'date'> & { readonly day: DayNumber };

function row(
  day: DayNumber,
  type: Holiday['type'],
  description: string,
  place: { readonly locale: Holiday['locale']; readonly locale_name: string },
  transferred = false,
): Row {
  return { day, type, ...place, description, transferred };
}

const NATIONAL = { locale: 'National', locale_name: COUNTRY } as const;

/** Days by which a holiday is transferred, by ISO weekday: to the nearest end of the working week. */
const TRANSFER: Readonly<Record<number, number>> = { 2: -1, 3: 2, 4: 1, 6: -1, 7: 1 };

/** A holiday is not transferred if the new day is taken. */
function withTransfer(holiday: Row, taken: Set<DayNumber>): readonly Row[] {
  const move = TRANSFER[isoWeekday(holiday.day)] ?? 0;
  const target = holiday.day + move;
  if (move === 0 || taken.has(target)) return [holiday];
  taken.add(target);
  return [
    { ...holiday, transferred: true },
    { ...holiday, day: target, type: 'Transfer', description: `Traslado ${holiday.description}` },
  ];
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): DayNumber {
  const first = toDayNumber(`${year}-${String(month).padStart(2, '0')}-01`);
  return first + ((weekday - isoWeekday(first) + DAYS_PER_WEEK) % DAYS_PER_WEEK) + DAYS_PER_WEEK * (nth - 1);
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

function nationalRows(year: number, library: HolidayLibrary): readonly Row[] {
  const base = library
    .getHolidays(year, 'es')
    .filter((holiday) => holiday.type === 'public')
    .map((holiday) => {
      const corrected = CORRECTED_RULES[holiday.rule];
      return {
        movable: !FIXED_RULES.test(holiday.rule),
        day: toDayNumber(corrected ? `${year}-${corrected}` : holiday.date.slice(0, 10)),
        description: plain(holiday.name),
      };
    });
  const taken = new Set(base.map((holiday) => holiday.day));
  const rows = base.flatMap(({ movable, day, description }) => {
    const holiday = row(day, 'Holiday', description, NATIONAL);
    return movable ? withTransfer(holiday, taken) : [holiday];
  });

  const christmas = toDayNumber(`${year}-12-25`);
  const newYearsEve = toDayNumber(`${year}-12-31`);
  const mothersDay = nthWeekday(year, 5, 7, 2);
  const blackFriday = nthWeekday(year, 11, 4, 4) + 1;
  rows.push(
    ...[-4, -3, -2, -1, 1].map((offset) =>
      row(christmas + offset, 'Additional', `Navidad${offset > 0 ? '+' : ''}${offset}`, NATIONAL),
    ),
    row(newYearsEve, 'Additional', 'Primer dia del ano-1', NATIONAL),
    row(mothersDay - 1, 'Additional', 'Dia de la Madre-1', NATIONAL),
    row(mothersDay, 'Event', 'Dia de la Madre', NATIONAL),
    row(blackFriday, 'Event', 'Black Friday', NATIONAL),
    row(blackFriday + 3, 'Event', 'Cyber Monday', NATIONAL),
  );
  // A Christmas on Thursday: the Friday is free and is worked off on a Saturday.
  if (isoWeekday(christmas) === 4) {
    rows.push(
      row(christmas + 1, 'Bridge', 'Puente Navidad', NATIONAL),
      row(christmas - 5, 'Work Day', 'Recupero Puente Navidad', NATIONAL),
    );
  }
  return rows;
}

function localRows(year: number): readonly Row[] {
  const states = STATE_DAYS.map(([state, monthDay]) =>
    row(toDayNumber(`${year}-${monthDay}`), 'Holiday', `Provincializacion de ${state}`, {
      locale: 'Regional',
      locale_name: state,
    }),
  );
  const cities = CITY_DAYS.flatMap(([city, monthDay, description]) => {
    const place = { locale: 'Local', locale_name: city } as const;
    const holiday = row(toDayNumber(`${year}-${monthDay}`), 'Holiday', description, place);
    if (!MOVABLE_CITIES.has(city)) return [holiday];
    return [
      ...withTransfer(holiday, new Set()),
      row(holiday.day - 1, 'Additional', `${description}-1`, place),
    ];
  });
  return [...states, ...cities];
}

/**
 * Holidays and events of Ecuador in the schema of holidays_events.csv, sorted by date. National dates come from the
 * date-holidays library; which of them move follows the rule of 2016 in every year: Tuesday to Monday, Wednesday and
 * Thursday to Friday, Saturday to Friday, Sunday to Monday.
 */
export function createHolidays(firstDay: DayNumber, lastDay: DayNumber): readonly Holiday[] {
  const library = new HolidayLibrary('EC');
  const years: number[] = [];
  for (
    let year = Number(toIsoDate(firstDay).slice(0, 4)) - 1;
    year <= Number(toIsoDate(lastDay).slice(0, 4)) + 1;
    year += 1
  ) {
    years.push(year);
  }
  return years
    .flatMap((year) => [...nationalRows(year, library), ...localRows(year)])
    .filter(({ day }) => day >= firstDay && day <= lastDay)
    .sort((left, right) => left.day - right.day)
    .map(({ day, ...rest }) => ({ date: toIsoDate(day), ...rest }));
}
