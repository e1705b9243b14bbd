import Table from 'cli-table3';
import { decimal, fiveDecimalsOrNull, percent } from '../../evaluate/backtest-report/format.ts';
import { type FamilyUplift, type Uplift, upliftRatio } from './summarize-uplift.ts';

/** Uplifts by family as a text table, with the ratio to the planted ones by days ahead if these are known. */
export function upliftTable(families: readonly FamilyUplift[]): string {
  const head = [
    'family',
    'promoted days',
    'unpromoted days',
    'points',
    'uplift',
    'planted',
    'ratio',
    'by days ahead',
    '',
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 || i === head.length - 1 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const family of families) {
    const { promotedDays, plainDays, points, learned, planted, isMeasurable } = family;
    const ratios = family.horizons.map(upliftRatio);
    table.push([
      family.family,
      String(promotedDays),
      String(plainDays),
      String(points),
      percent(learned),
      percent(planted ?? Number.NaN),
      decimal(upliftRatio(family), 2),
      `${decimal(Math.min(...ratios), 2)} to ${decimal(Math.max(...ratios), 2)}`,
      isMeasurable ? '' : 'too few days of one kind',
    ]);
  }
  return table.toString();
}

/** Uplifts as JSON. */
export function upliftJson(families: readonly FamilyUplift[]): Record<string, unknown> {
  const measurable = families.filter(({ isMeasurable }) => isMeasurable);
  const share = (isWithin: (family: FamilyUplift) => boolean) => measurable.filter(isWithin).length;
  return {
    families_measurable: measurable.length,
    within_20_percent: share((family) => isWithin20Percent(family)),
    within_20_percent_at_every_horizon: share(({ horizons }) => horizons.every(isWithin20Percent)),
    families: families.map(({ family, promotedDays, plainDays, isMeasurable, horizons, ...all }) => ({
      family,
      promoted_days: promotedDays,
      plain_days: plainDays,
      is_measurable: isMeasurable,
      ...upliftFields(all),
      horizons: horizons.map(({ h, ...uplift }) => ({ h, ...upliftFields(uplift) })),
    })),
  };
}

function isWithin20Percent(uplift: Uplift): boolean {
  return Math.abs(upliftRatio(uplift) - 1) <= 0.2;
}

function upliftFields(uplift: Uplift) {
  const { points, learned, planted } = uplift;
  return {
    points,
    learned: fiveDecimalsOrNull(learned),
    planted: planted === null ? null : fiveDecimalsOrNull(planted),
    ratio: fiveDecimalsOrNull(upliftRatio(uplift)),
  };
}
