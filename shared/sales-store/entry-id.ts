import type { BusinessClock, EpochMs } from '../calendar/business-clock.ts';
import type { DayNumber } from '../calendar/day-number.ts';

/** Id of a stream entry, `<milliseconds>-<sequence>`, as Redis streams have it. */
export type EntryId = `${number}-${number}`;

const ENTRY_ID = /^(\d{1,15})-(\d{1,9})$/;

export function entryIdAt(instant: EpochMs, sequence = 0): EntryId {
  return `${instant}-${sequence}`;
}

export function isEntryId(text: string): text is EntryId {
  return ENTRY_ID.test(text);
}

/** @throws {SyntaxError} when `text` is not `<milliseconds>-<sequence>`. */
export function parseEntryId(text: string): { readonly instant: EpochMs; readonly sequence: number } {
  const match = ENTRY_ID.exec(text);
  if (!match) throw invalid(text);
  return { instant: Number(match[1]), sequence: Number(match[2]) };
}

/** @throws {SyntaxError} when `text` is not `<milliseconds>-<sequence>`. */
export function toEntryId(text: string): EntryId {
  if (isEntryId(text)) return text;
  throw invalid(text);
}

function invalid(text: string): SyntaxError {
  return new SyntaxError(`"${text}" is not an entry id: write <milliseconds>-<sequence>`);
}

/** Orders ids by time, then sequence; null stands before every id. */
export function compareEntryIds(left: EntryId | null, right: EntryId | null): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  const a = parseEntryId(left);
  const b = parseEntryId(right);
  return a.instant - b.instant || a.sequence - b.sequence;
}

/** The last closed business day: a day is closed once the watermark has reached the start of the next. */
export function closedThrough(watermark: EntryId, clock: BusinessClock): DayNumber {
  return clock.dayOf(parseEntryId(watermark).instant) - 1;
}
