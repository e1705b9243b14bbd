import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { FEATURE_NAMES, HORIZON, TARGET_PROMOTION_COLUMNS } from '../../../shared/features/index.ts';
import type { Contender } from '../backtest/contender.ts';
import { fittedContender } from '../backtest/contenders/fitted.ts';
import { chooseRounds } from '../early-stopping/choose-rounds.ts';
import type { Recipe, Workshop } from '../recipe.ts';
import type { BoosterParams } from '../xgboost/xgboost.ts';
import { averagedContender } from './averaged.ts';
import { familyContender } from './family-contender.ts';
import { KEPT_PROMOTION_ROWS } from './kept-promotion-rows.ts';
import { LAG_ROWS } from './lag-rows.ts';

/** Another way to make a model than the one that is in service. */
export interface Alternative {
  readonly name: string;
  readonly description: string;
  /**
   * @param firstOrigin of the windows on which it is tried
   */
  create(workshop: Workshop, recipe: Recipe, firstOrigin: DayNumber): Contender;
}

const PROMOTED = new Set(TARGET_PROMOTION_COLUMNS);
const SEEDS = 3;
const STOPPING_WINDOWS = 3;

/** The recipe with the rounds that early stopping chooses before the first window. */
function stoppedContender(workshop: Workshop, recipe: Recipe, firstOrigin: DayNumber): Contender {
  const name = 'early_stopping';
  const most = { ...recipe, rounds: 2 * recipe.rounds };
  let choice: ReturnType<typeof chooseRounds> | null = null;
  return {
    name,
    async forecast(origin, onProgress) {
      choice ??= chooseRounds(workshop, most, firstOrigin, STOPPING_WINDOWS, onProgress);
      const rounds = (await choice)?.rounds ?? recipe.rounds;
      return fittedContender(name, workshop, { ...recipe, rounds }).forecast(origin, onProgress);
    },
  };
}

/** The recipe with some of XGBoost's parameters changed. */
function withParams(name: string, description: string, change: BoosterParams): Alternative {
  return {
    name,
    description,
    create: (workshop, recipe) =>
      fittedContender(name, workshop, { ...recipe, params: { ...recipe.params, ...change } }),
  };
}

/** What `npm run ablation -- --alternatives` tries; what came of it is in EXPERIMENTS.md. */
export const ALTERNATIVES: readonly Alternative[] = [
  {
    name: 'lags_16',
    description: `features of ${HORIZON} days before the target, whatever the horizon`,
    create: (workshop, recipe) =>
      // Origins that many days apart: every target once, as the horizon no longer tells rows of one target apart.
      fittedContender('lags_16', workshop, { ...recipe, originStride: HORIZON }, LAG_ROWS),
  },
  {
    name: 'family_blend',
    description: 'mean of the model and one model per family',
    create: (workshop, recipe) =>
      averagedContender('family_blend', [
        fittedContender('model', workshop, recipe),
        familyContender('families', workshop, { ...recipe, rounds: Math.ceil(recipe.rounds / 2) }),
      ]),
  },
  {
    name: 'seeds_3',
    description: `mean of ${SEEDS} models of other seeds, each of another sample of rows`,
    create: (workshop, recipe) =>
      averagedContender(
        'seeds_3',
        Array.from({ length: SEEDS }, (_, i) =>
          fittedContender(`seed ${i}`, workshop, {
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
    description: 'trees that see the plan of the target day beside what promotions are known to be worth',
    create: (workshop, recipe) => fittedContender('promotion_kept', workshop, recipe, KEPT_PROMOTION_ROWS),
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
