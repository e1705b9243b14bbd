import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { type IsoDate, toIsoDate } from '../../shared/calendar/day-number.ts';
import { type IsoMonth, type IsoWeek, isoMonthOf, isoWeekOf } from '../../shared/calendar/iso-week.ts';
import { type DaySlots, daySlots, wallSlotOf } from '../../shared/calendar/tick.ts';

/** One business day with the names of the buckets that its sales belong to. */
export interface BusinessDay {
  readonly date: IsoDate;
  readonly week: IsoWeek;
  readonly month: IsoMonth;
  /** The five-minute slot of an instant of this day by the store's wall clock, `000`..`287`. */
  slotOf(instant: EpochMs): string;
}

/** Finds the business day of an instant; remembers days, because asking the time zone takes longer than adding up. */
export function createBusinessDays(clock: BusinessClock): (instant: EpochMs) => BusinessDay {
  const known: { readonly slots: DaySlots; readonly day: BusinessDay }[] = [];
  return (instant) => {
    const match = known.find(({ slots }) => instant >= slots.start && instant < slots.end);
    if (match) return match.day;
    const slots = daySlots(clock, clock.dayOf(instant));
    const day = describeDay(clock, slots);
    known.unshift({ slots, day });
    return day;
  };
}

function describeDay(clock: BusinessClock, slots: DaySlots): BusinessDay {
  return {
    date: toIsoDate(slots.day),
    week: isoWeekOf(slots.day),
    month: isoMonthOf(slots.day),
    slotOf: (instant) => String(wallSlotOf(clock, slots, instant)).padStart(3, '0'),
  };
}
