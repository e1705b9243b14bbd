import { at } from '../../../../shared/at.ts';
import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { FEATURE_NAMES, HORIZON, TARGET_PROMOTION_COLUMNS } from '../../../../shared/features/index.ts';
import { type Contender, fittedContender, type PanelForecast } from '../../evaluate/contenders.ts';
import { chooseRounds } from '../../evaluate/early-stopping.ts';
import type { FitContext, Recipe } from '../../model/recipe.ts';
import {
  basesFrom,
  learnFirst,
  MODEL_ROWS,
  modelRows,
  NOTHING_LEARNED,
  type RowLayout,
} from '../../model/training-set/row-layout.ts';
import type { BoosterParams } from '../../model/xgboost/xgboost.ts';

/** Several contenders' forecasts as one: the mean of their logarithms, as their margins would be averaged. */
export function averagedContender(name: string, members: readonly Contender[]): Contender {
  return {
    name,
    async forecast(origin, onProgress) {
      const forecasts: PanelForecast[] = [];
      for (const [i, member] of members.entries()) {
        const forecast = await member.forecast(origin, (part, done, total) =>
          onProgress(`${part} ${i + 1} of ${members.length}`, done, total),
        );
        forecasts.push(forecast);
      }
      const average = (point: 'median' | 'mean') =>
        at(forecasts, 0)[point].map((_, i) =>
          Math.expm1(
            forecasts.reduce((sum, own) => sum + Math.log1p(own[point][i] as number), 0) / forecasts.length,
          ),
        );
      return { median: average('median'), mean: average('mean') };
    },
  };
}

/** One model per product family, each fitted on its family's rows only. */
export function familyContender(name: string, fitContext: FitContext, recipe: Recipe): Contender {
  const { series } = fitContext;
  const families = [...new Set(series.map(({ family }) => family))];
  return {
    name,
    async forecast(origin, onProgress) {
      const median = new Float64Array(series.length * HORIZON);
      const mean = new Float64Array(series.length * HORIZON);
      for (const [i, family] of families.entries()) {
        const members = series.flatMap((member, s) => (member.family === family ? [s] : []));
        const share = members.length / series.length;
        const contender = fittedContender(
          family,
          { ...fitContext, series: series.filter((member) => member.family === family) },
          { ...recipe, maxRows: Math.max(1000, Math.round(recipe.maxRows * share)) },
        );
        onProgress('families', i, families.length);
        const own = await contender.forecast(origin, () => undefined);
        members.forEach((s, m) => {
          median.set(own.median.subarray(m * HORIZON, (m + 1) * HORIZON), s * HORIZON);
          mean.set(own.mean.subarray(m * HORIZON, (m + 1) * HORIZON), s * HORIZON);
        });
      }
      return { median, mean };
    },
  };
}

/** The rows of the model, with the columns of the target's plan even where a promotion response is known. */
export const KEPT_PROMOTION_ROWS: RowLayout = {
  ...modelRows(NOTHING_LEARNED),
  learn: (series, lastDay) => modelRows(learnFirst(series, lastDay), 'kept'),
};

const FARTHEST = Uint8Array.of(HORIZON);

/**
 * Rows without a horizon: whatever the target, its features are those of `HORIZON` days before it. One model for all
 * days ahead, which ignores the last days even where they are known; the horizon's column is the same in every row.
 */
export const LAG_ROWS: RowLayout = lagRows(MODEL_ROWS);

function lagRows({ columns, write, learn }: RowLayout): RowLayout {
  return {
    columns,
    write(series, origin, horizons, count, out, offset, bases) {
      for (let i = 0; i < count; i++) {
        const earlier = Math.max(series.covariates.fromDay, origin + (horizons[i] as number) - HORIZON);
        write(series, earlier, FARTHEST, 1, out, offset + i * columns, basesFrom(bases, i));
      }
    },
    ...(learn && { learn: (series, lastDay) => lagRows(learn(series, lastDay)) }),
  };
}

/** An alternative way to make a model. */
export interface Alternative {
  readonly name: string;
  readonly description: string;
  /**
   * @param firstOrigin of the windows on which it is measured
   */
  create(fitContext: FitContext, recipe: Recipe, firstOrigin: DayNumber): Contender;
}

const PROMOTED = new Set(TARGET_PROMOTION_COLUMNS);
const SEEDS = 3;
const STOPPING_WINDOWS = 3;

/** The recipe with the rounds that early stopping chooses before the first window. */
function stoppedContender(fitContext: FitContext, recipe: Recipe, firstOrigin: DayNumber): Contender {
  const name = 'early_stopping';
  const most = { ...recipe, rounds: 2 * recipe.rounds };
  let choice: ReturnType<typeof chooseRounds> | null = null;
  return {
    name,
    async forecast(origin, onProgress) {
      choice ??= chooseRounds(fitContext, most, firstOrigin, STOPPING_WINDOWS, onProgress);
      const rounds = (await choice)?.rounds ?? recipe.rounds;
      return fittedContender(name, fitContext, { ...recipe, rounds }).forecast(origin, onProgress);
    },
  };
}

/** The recipe with some of XGBoost's parameters changed. */
function withParams(name: string, description: string, change: BoosterParams): Alternative {
  return {
    name,
    description,
    create: (fitContext, recipe) =>
      fittedContender(name, fitContext, { ...recipe, params: { ...recipe.params, ...change } }),
  };
}

/** What `npm run ablation -- --alternatives` tries; results are in workers/trainer/design/08-alternative-models.md. */
export const ALTERNATIVES: readonly Alternative[] = [
  {
    name: 'lags_16',
    description: `features of ${HORIZON} days before the target, whatever the horizon`,
    create: (fitContext, recipe) =>
      // Origins that many days apart: every target once, since the horizon no longer distinguishes rows of one
      // target.
      fittedContender('lags_16', fitContext, { ...recipe, originStride: HORIZON }, LAG_ROWS),
  },
  {
    name: 'family_blend',
    description: 'mean of the model and one model per family',
    create: (fitContext, recipe) =>
      averagedContender('family_blend', [
        fittedContender('model', fitContext, recipe),
        familyContender('families', fitContext, { ...recipe, rounds: Math.ceil(recipe.rounds / 2) }),
      ]),
  },
  {
    name: 'seeds_3',
    description: `mean of ${SEEDS} models of other seeds, each of another sample of rows`,
    create: (fitContext, recipe) =>
      averagedContender(
        'seeds_3',
        Array.from({ length: SEEDS }, (_, i) =>
          fittedContender(`seed ${i}`, fitContext, {
            ...recipe,
            params: { ...recipe.params, seed: recipe.params.seed + i },
          }),
        ),
      ),
  },
  {
    name: 'early_stopping',
    description: `as many trees, up to twice as many, as are best on ${STOPPING_WINDOWS} earlier windows`,
    create: stoppedContender,
  },
  {
    name: 'promotion_kept',
    description: 'trees that see the plan of the target day in addition to the promotion response',
    create: (fitContext, recipe) =>
      fittedContender('promotion_kept', fitContext, recipe, KEPT_PROMOTION_ROWS),
  },
  withParams('parallel_3', 'three trees a round, each of a third of the step: one model file', {
    num_parallel_tree: 3,
  }),
  withParams('leafwise_31', 'trees grown leaf by leaf up to 31 leaves, as LightGBM does', {
    grow_policy: 'lossguide',
    max_leaves: 31,
    max_depth: 0,
  }),
  withParams('monotone_promotion', 'a forecast that never falls when more items are promoted', {
    monotone_constraints: `(${FEATURE_NAMES.map((name) => Number(PROMOTED.has(name))).join(',')})`,
  }),
  withParams('dart', 'DART: a twentieth of the trees dropped in each round (slow)', {
    booster: 'dart',
    rate_drop: 0.05,
    one_drop: 1,
  }),
];

export const ALTERNATIVE_NAMES = ALTERNATIVES.map(({ name }) => name);
