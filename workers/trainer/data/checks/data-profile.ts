import { z } from 'zod';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { namedRecord } from '../../../../shared/schemas/named-record.ts';
import { type Dataset, lastDayOf, seriesKeysOf } from '../dataset.ts';
import {
  CHECK_WINDOW_DAYS,
  familyWindow,
  membersByFamily,
  quantileEdges,
  sharesOf,
} from './distributions.ts';

/** A few kilobytes with which the next run compares its data; `dataset/profile.json`. */
export const dataProfileSchema = z.object({
  schema_version: z.literal(1),
  dataset: z.string(),
  shift_days: z.int(),
  last_date: z.iso.date(),
  /** Days up to `last_date` that `families` covers. */
  window_days: z.int().min(1),
  series: z.array(z.string()),
  families: namedRecord(
    z.object({
      /** Edges between bins of log1p(units), and the share of the values in each bin. */
      edges: z.array(z.number()),
      shares: z.array(z.number()),
      values: z.int(),
    }),
  ),
});
export type DataProfile = z.infer<typeof dataProfileSchema>;

const BINS = 10;

export function profileOf(dataset: Dataset): DataProfile {
  const { panel, name, shiftDays } = dataset;
  const lastDay = lastDayOf(panel);
  const families = Array.from(membersByFamily(dataset), ([family, members]) => {
    const { values } = familyWindow(dataset, members, lastDay - CHECK_WINDOW_DAYS + 1, lastDay);
    const edges = quantileEdges(values, BINS);
    return [family, { edges, shares: sharesOf(values, edges), values: values.length }] as const;
  });
  return {
    schema_version: 1,
    dataset: name,
    shift_days: shiftDays,
    last_date: toIsoDate(lastDay),
    window_days: CHECK_WINDOW_DAYS,
    series: seriesKeysOf(dataset),
    families: Object.fromEntries(families),
  };
}

/**
 * Writes the profile of the data for the next run. The model is already in service, so a failure is reported without
 * failing the run.
 */
export async function storeProfile(
  store: Pick<ObjectStore, 'put'>,
  history: Dataset,
  onNote: (note: string) => void,
): Promise<void> {
  try {
    await store.put(objectKeys.dataProfile, JSON.stringify(profileOf(history)));
  } catch (error) {
    const reason = messageOf(error);
    onNote(
      `The profile of the data is not written (${reason}): the next run compares its data with those before.`,
    );
  }
}
