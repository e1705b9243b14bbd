import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { type Dataset, lastDayOf, seriesKeysOf } from '../dataset.ts';
import type { TrainingData } from '../import/load-training-data.ts';
import { isSameRetailer } from '../import/same-retailer.ts';
import type { Check, CheckInput, CheckName, DataCheck, DataChecks } from './data-check.ts';
import { type DataProfile, dataProfileSchema } from './data-profile.ts';
import { checkDrift, checkRewrittenHistory } from './drift.ts';
import { checkImplausibleValues } from './implausible-values.ts';
import { checkLastDay } from './last-day.ts';
import { checkLevels } from './levels.ts';
import { checkLiveArchive, checkLiveLag, checkRefusedRows } from './live-store.ts';
import { checkMissingDays, checkMissingValues, checkVanishedSeries } from './missing-data.ts';
import { checkPromotionPlan, checkPromotions, checkZeros } from './shares.ts';
import { checkBadRows, checkStaleFiles } from './source-files.ts';

const CHECKS: Readonly<Record<CheckName, Check>> = {
  'bad-rows': checkBadRows,
  'missing-days': checkMissingDays,
  'missing-values': checkMissingValues,
  'absurd-values': checkImplausibleValues,
  levels: checkLevels,
  'last-day': checkLastDay,
  'stale-files': checkStaleFiles,
  'vanished-series': checkVanishedSeries,
  'rewritten-history': checkRewrittenHistory,
  drift: checkDrift,
  promotions: checkPromotions,
  'promotion-plan': checkPromotionPlan,
  zeros: checkZeros,
  'live-lag': checkLiveLag,
  'live-archive': checkLiveArchive,
  'refused-rows': checkRefusedRows,
};

/** Thrown when data checks fail; nothing has been published. */
export class FailedChecksError extends UserError {
  override name = 'FailedChecksError';
  readonly checks: DataChecks;
  readonly failed: readonly CheckName[];

  constructor(checks: DataChecks, failed: readonly DataCheck[]) {
    const reasons = failed.map(
      ({ name, finding, fix }) => `${name}: ${finding}.${fix === null ? '' : ` ${fix}.`}`,
    );
    super(
      `data checks failed; nothing was published\n  ${reasons.join('\n  ')}\n` +
        `If this is intended: --allow-failed-checks ${failed.map(({ name }) => name).join(',')}`,
    );
    this.checks = checks;
    this.failed = failed.map(({ name }) => name);
  }
}

/** Runs every check over the training data. */
export function runChecks(input: CheckInput, allowed: readonly CheckName[] = []): DataChecks {
  const { name, panel } = input.history;
  return {
    schema_version: 1,
    dataset: name,
    first_date: toIsoDate(panel.firstDay),
    last_date: toIsoDate(lastDayOf(panel)),
    series: panel.series.length,
    checks: Object.values(CHECKS).map((check) => check(input)),
    allowed: [...allowed],
  };
}

/** Checks the data of a training run, in comparison with the last run into the same location. */
export async function checkData(
  { history, source, live, unusedArchive, isReplayed }: TrainingData,
  today: IsoDate,
  objects: Pick<ObjectStore, 'get'>,
  allowed: readonly CheckName[] = [],
): Promise<DataChecks> {
  const previous = await readPreviousProfile(objects, history);
  const { files } = source;
  const data = { history, files, live, unusedArchive, isReplayed, previous, today: toDayNumber(today) };
  return runChecks(data, allowed);
}

/** The failed checks that are not allowed to fail. */
export function failedChecks({ checks, allowed }: DataChecks): DataCheck[] {
  return checks.filter(({ name, severity }) => severity === 'failure' && !allowed.includes(name));
}

/** @throws {FailedChecksError} if a check failed that is not allowed to */
export function requirePassed(checks: DataChecks): void {
  const failed = failedChecks(checks);
  if (failed.length > 0) throw new FailedChecksError(checks, failed);
}

/**
 * The last run's profile of the same sales, under their current dates. null for the first run, for sales of another
 * retailer or of other days, and for an unreadable profile: a run must not fail because of an older release's file. The
 * dataset's name is ignored: it is that of a folder.
 */
export async function readPreviousProfile(
  objects: Pick<ObjectStore, 'get'>,
  dataset: Pick<Dataset, 'name' | 'shiftDays' | 'panel'>,
): Promise<DataProfile | null> {
  const text = await (await objects.get(objectKeys.dataProfile))?.text();
  const profile = text === undefined ? null : parseProfile(text);
  if (profile === null) return null;
  const { name, shiftDays, panel } = dataset;
  if (!isSameRetailer(profile, { dataset: name, series: seriesKeysOf(dataset) })) return null;
  const lastDay = toDayNumber(profile.last_date) + shiftDays - profile.shift_days;
  const from = Math.max(panel.firstDay, lastDay - profile.window_days + 1);
  const to = Math.min(lastDayOf(panel), lastDay);
  const hasItsDays = (to - from + 1) * 2 >= profile.window_days;
  if (profile.dataset !== name && !hasItsDays) return null;
  return { ...profile, last_date: toIsoDate(lastDay) };
}

function parseProfile(text: string): DataProfile | null {
  try {
    return dataProfileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
