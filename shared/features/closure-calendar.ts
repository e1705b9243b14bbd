import { type DayNumber, isoWeekday, toDayNumber } from '../calendar/day-number.ts';
import { type Closures, OPEN } from '../schemas/catalog.ts';

/** Known sales of a store: days up to an origin, in thousandths, negative where unknown. */
export interface KnownSales {
  readonly firstDay: DayNumber;
  readonly milliUnits: ArrayLike<number>;
}

export interface ClosureCalendar {
  /** Why a store is shut on a day; null where it is open. */
  reasonOf(storeNbr: string, day: DayNumber): string | null;
  /**
   * Why a store is shut on `origin` and on each of the `days` days after it, by days from the origin. Later sales
   * override inferred closures: a store that sells again is open, and so is one that sold on the last of its former
   * weekdays off.
   *
   * @param sales of one series of the store, up to the origin
   */
  closedFrom(storeNbr: string, origin: DayNumber, days: number, sales: KnownSales): (string | null)[];
}

interface Interval {
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly reason: string;
  readonly declared: boolean;
}

interface StoreClosures {
  readonly intervals: readonly Interval[];
  /** First day of the rule by ISO weekday; infinite without one. */
  readonly offFrom: Float64Array;
}

/** Dates are parsed store by store, on request: a request is about one store of a thousand. */
export function createClosureCalendar(closures: Closures | undefined): ClosureCalendar {
  const byStore = new Map<string, StoreClosures>();
  const storeOf = (storeNbr: string): StoreClosures => {
    const known = byStore.get(storeNbr) ?? closuresOf(closures, storeNbr);
    byStore.set(storeNbr, known);
    return known;
  };
  return {
    reasonOf: (storeNbr, day) => reasonAt(storeOf(storeNbr), day, () => false),
    closedFrom(storeNbr, origin, days, sales) {
      const store = storeOf(storeNbr);
      const soldSince = (day: DayNumber) => hasSalesSince(sales, day, origin);
      return Array.from({ length: days + 1 }, (_, h) => {
        const day = origin + h;
        const lastSameWeekday = day - 7 * Math.ceil(h / 7);
        return reasonAt(store, day, (from, isWeekly) =>
          isWeekly
            ? lastSameWeekday >= from && hasSalesSince(sales, lastSameWeekday, lastSameWeekday)
            : soldSince(from),
        );
      });
    },
  };
}

function closuresOf(closures: Closures | undefined, storeNbr: string): StoreClosures {
  const intervals = (closures?.intervals ?? [])
    .filter(({ store_nbr }) => store_nbr === storeNbr)
    .map(({ from, to, reason, declared }) => ({
      from: toDayNumber(from),
      to: to === null ? Number.POSITIVE_INFINITY : toDayNumber(to),
      reason,
      declared,
    }));
  const offFrom = new Float64Array(8).fill(Number.POSITIVE_INFINITY);
  for (const { store_nbr, weekdays, from } of closures?.weekly ?? []) {
    if (store_nbr !== storeNbr) continue;
    for (const weekday of weekdays) offFrom[weekday] = toDayNumber(from);
  }
  return { intervals, offFrom };
}

/** @param isContradicted whether sales since `from` contradict the inferred closure */
function reasonAt(
  store: StoreClosures,
  day: DayNumber,
  isContradicted: (from: DayNumber, isWeekly: boolean) => boolean,
): string | null {
  const here = store.intervals.filter(({ from, to }) => day >= from && day <= to);
  const declared = here.find((interval) => interval.declared);
  if (declared) return declared.reason === OPEN ? null : declared.reason;
  const isOpenEnded = ({ to }: Interval) => to === Number.POSITIVE_INFINITY;
  const inferred = here.find((interval) => !(isOpenEnded(interval) && isContradicted(interval.from, false)));
  if (inferred) return inferred.reason;
  const offFrom = store.offFrom[isoWeekday(day)] as number;
  return day >= offFrom && !isContradicted(offFrom, true) ? 'day-off' : null;
}

/** A known value, zero or not, is a day on which the store has rows: closed days have none. */
function hasSalesSince({ firstDay, milliUnits }: KnownSales, from: DayNumber, through: DayNumber): boolean {
  for (let day = Math.max(from, firstDay); day <= through; day++) {
    if ((milliUnits[day - firstDay] ?? -1) >= 0) return true;
  }
  return false;
}
