import { DAY_MS, type IsoDate, toDayNumber } from '../../../../shared/calendar/day-number.ts';

/** Plain dates are parsed and formatted in UTC, so that no time zone can move them to the neighbouring day. */
const LOCALE = 'en-GB';

const dateFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' });
  return (date: IsoDate): string => format.format(toDayNumber(date) * DAY_MS).replace(',', '');
};

/** `Sun 22 Nov 2026` */
export const formatLongDate = dateFormat({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
/** `Sun 22 Nov` */
export const formatDay = dateFormat({ weekday: 'short', day: 'numeric', month: 'short' });
/** `22 Nov 2026` */
export const formatDate = dateFormat({ day: 'numeric', month: 'short', year: 'numeric' });
/** `22 Nov` */
export const formatShortDate = dateFormat({ day: 'numeric', month: 'short' });
/** `Sunday` */
export const formatWeekday = dateFormat({ weekday: 'long' });

/** @param minute Minutes since local midnight, 0..1440; the end of the day is `24:00`. */
export function formatMinute(minute: number): string {
  const whole = Math.floor(minute);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * The local time of an instant, `14:35`.
 *
 * @param instant ISO 8601 date and time.
 * @param timeZone The stores' time zone; null, before it is known, formats in UTC and says so.
 */
export function formatInstant(instant: string, timeZone: string | null): string {
  const time = new Intl.DateTimeFormat(LOCALE, {
    timeZone: timeZone ?? 'UTC',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(Date.parse(instant));
  return timeZone === null ? `${time} UTC` : time;
}

/** A span of time in its one or two largest parts, `3 h 20 min`; below a minute in seconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
