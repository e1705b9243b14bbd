import { anotherSeed } from './another-seed.ts';
import { copying } from './copies.ts';
import type { Law } from './finding.ts';
import { forgettingADay } from './forgotten-day.ts';
import { meanAboveMedian, sumsGrow } from './intervals.ts';
import { movingDates, renaming } from './names.ts';
import { countingInOtherUnits } from './scale.ts';
import { addingSales, losingOthersDays } from './unrelated-sales.ts';

/** Every law of forecasts, by name. */
export const LAWS = {
  anotherSeed,
  addingSales,
  losingOthersDays,
  countingInOtherUnits,
  renaming,
  movingDates,
  copying,
  forgettingADay,
  sumsGrow,
  meanAboveMedian,
} satisfies Readonly<Record<string, Law>>;

export type LawName = keyof typeof LAWS;

/** Laws of intervals, whose forecasts need a backtest. */
export const USES_WINDOWS: readonly string[] = ['sumsGrow', 'meanAboveMedian'] satisfies LawName[];
