import { z } from 'zod';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import {
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { namedRecord } from '../../../../shared/schemas/named-record.ts';
import type { Dataset } from '../dataset.ts';
import { forEachConcurrent } from '../for-each-concurrent.ts';
import { isSameDay, type LiveDay, type LiveSales, mergeDays } from './live-sales.ts';

/** One finished day as counted by the feature store; `live/<first live day>/<date>.json`. */
const archivedDaySchema = z.object({
  date: z.iso.date(),
  sales: namedRecord(z.int()),
  onpromotion: namedRecord(z.int()),
  tickets: namedRecord(z.int()),
});

/** Thrown for an unreadable archived day: continuing would silently drop it from training. */
export class LiveArchiveError extends UserError {
  override name = 'LiveArchiveError';
}

/** The newest days are rewritten every night: rows may still arrive late. */
const LATE_DAYS = 14;
/** Objects written concurrently. */
const IN_FLIGHT = 8;

/**
 * Archives the live days where models are published: the feature store drops them after 400 days. Archived days stay
 * unchanged, except for the newest, which never lose a row either.
 *
 * @throws {LiveArchiveError} if one of the newest days exists but cannot be read
 */
export async function archiveLiveDays(
  objects: Pick<ObjectStore, 'get' | 'list' | 'put'>,
  { liveFrom, days }: Pick<LiveSales, 'liveFrom' | 'days'>,
): Promise<void> {
  if (days.length === 0) return;
  const first = toIsoDate(liveFrom);
  const kept = await listArchivedDates(objects, first);
  const due = days.filter(({ date }, index) => !kept.has(date) || index >= days.length - LATE_DAYS);
  await forEachConcurrent(due, IN_FLIGHT, async (day) => {
    const before = kept.has(day.date) ? await readArchivedDay(objects, first, day.date) : null;
    const merged = before ? mergeDays(day, before, 'first') : day;
    if (before && isSameDay(before, merged)) return;
    await objects.put(objectKeys.liveDay(first, day.date), JSON.stringify(toJson(merged)));
  });
}

/** The archived days of the feature store that was opened on a given day. */
export async function listArchivedDates(
  objects: Pick<ObjectStore, 'list'>,
  liveFrom: IsoDate,
): Promise<ReadonlySet<IsoDate>> {
  return new Set((await listArchive(objects, objectKeys.liveDays(liveFrom))).get(liveFrom));
}

/** The archived days, in order, by the day on which their feature store was opened. */
export async function listArchive(
  objects: Pick<ObjectStore, 'list'>,
  prefix: string = objectKeys.live,
): Promise<ReadonlyMap<IsoDate, readonly IsoDate[]>> {
  const archive = new Map<IsoDate, IsoDate[]>();
  for (const key of [...(await objects.list(prefix))].sort()) {
    const [, opened, date] = /^live\/([\d-]{10})\/([\d-]{10})\.json$/.exec(key) ?? [];
    if (!opened || !date) continue;
    const known = archive.get(opened);
    if (known) known.push(date);
    else archive.set(opened, [date]);
  }
  return archive;
}

/**
 * @returns null for a day that was never archived
 * @throws {LiveArchiveError}
 */
export async function readArchivedDay(
  objects: Pick<ObjectStore, 'get'>,
  liveFrom: IsoDate,
  date: IsoDate,
): Promise<LiveDay | null> {
  const key = objectKeys.liveDay(liveFrom, date);
  const text = await (await objects.get(key))?.text();
  if (text === undefined) return null;
  try {
    const { sales, onpromotion, tickets } = archivedDaySchema.parse(JSON.parse(text));
    return {
      date,
      sales: new Map(Object.entries(sales)),
      onpromotion: new Map(Object.entries(onpromotion)),
      tickets: new Map(Object.entries(tickets)),
    };
  } catch (error) {
    const why = messageOf(error);
    throw new LiveArchiveError(
      `${key} cannot be read: ${why}. Restore it, or remove it to leave the day missing`,
    );
  }
}

function toJson({ date, sales, onpromotion, tickets }: LiveDay): z.infer<typeof archivedDaySchema> {
  return {
    date,
    sales: Object.fromEntries(sales),
    onpromotion: Object.fromEntries(onpromotion),
    tickets: Object.fromEntries(tickets),
  };
}

/** Archived live days that a run does not use. */
export interface UnusedArchive {
  /** The day on which their feature store was opened. */
  readonly opened: IsoDate;
  /** In order. */
  readonly dates: readonly IsoDate[];
}

/**
 * The archived days that are in neither files nor store: those of a feature store that is no longer open, and those
 * after the last day that it counts. Days in the files under the same dates are not listed.
 *
 * @param archive by the day on which its store was opened
 * @param history the training data, files and live days
 */
export function findUnusedArchive(
  archive: ReadonlyMap<IsoDate, readonly IsoDate[]>,
  live: Pick<LiveSales, 'liveFrom' | 'closedThrough'> | null,
  { panel, shiftDays }: Pick<Dataset, 'panel' | 'shiftDays'>,
): readonly UnusedArchive[] {
  const isKnown = (day: DayNumber) =>
    day >= panel.firstDay &&
    day < panel.firstDay + panel.dayCount &&
    panel.series.some((_, s) => panel.milliUnits[s * panel.dayCount + day - panel.firstDay] !== MISSING);
  const isLearned = (opened: IsoDate, date: IsoDate) => {
    const day = toDayNumber(date);
    if (live && opened === toIsoDate(live.liveFrom)) return day <= live.closedThrough;
    return shiftDays === 0 && isKnown(day);
  };
  return Array.from(archive, ([opened, dates]) => ({
    opened,
    dates: dates.filter((date) => !isLearned(opened, date)),
  })).filter(({ dates }) => dates.length > 0);
}
