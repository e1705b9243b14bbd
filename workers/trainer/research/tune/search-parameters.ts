import { createHash } from 'node:crypto';
import { at } from '../../../../shared/at.ts';
import {
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { FEATURE_FINGERPRINT } from '../../../../shared/features/index.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { ReportProgress } from '../../data/progress.ts';
import { Random } from '../../data/synthetic/random.ts';
import { fittedContender } from '../../evaluate/contenders.ts';
import { resolveRecipe } from '../../evaluate/early-stopping.ts';
import { openBacktest } from '../../evaluate/open-backtest.ts';
import { runBacktest } from '../../evaluate/run-backtest.ts';
import type { ModelParameters } from '../../model/parameters.ts';
import type { FitContext, Recipe } from '../../model/recipe.ts';
import type { Xgboost } from '../../model/xgboost/xgboost.ts';
import { scoreWindows } from '../compare-contenders.ts';
import { type MeasureCandidate, runSearch, type SearchEnd } from './run-search.ts';
import { drawCandidates, type SearchSpace } from './search-space.ts';
import { openSearch, type SearchIdentity, saveSearch } from './search-state.ts';

export interface SearchRequest {
  readonly dataset: Dataset;
  readonly xgboost: Xgboost;
  readonly threads: number;
  /** The parameters that candidates are compared with. */
  readonly current: ModelParameters;
  readonly space: SearchSpace;
  /** Candidates, the current parameters included. */
  readonly candidates: number;
  /** Windows on which the search selects. */
  readonly windows: number;
  /** Newer windows, on which the best candidate is finally measured. */
  readonly holdout: number;
  readonly seed: number;
  readonly statePath: string;
  readonly onProgress: ReportProgress;
}

/**
 * Searches for better parameters by successive halving on rolling windows. The state is written to disk after each
 * fit: started again with the same request, an interrupted search resumes and ends with the same result.
 *
 * @throws {SearchStateError | TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function searchParameters(request: SearchRequest): Promise<SearchEnd> {
  const { dataset, xgboost, threads, statePath, onProgress } = request;
  const windows = request.windows + request.holdout;
  const { origins, firstOrigin, fitContext } = openBacktest(dataset, { windows, threads }, xgboost);
  const identity = identityOf(request, origins);
  const settle = createSettling(fitContext, identity, firstOrigin, onProgress);
  const measure: MeasureCandidate = async (candidate, window) => {
    const contender = fittedContender(MODEL, fitContext, await settle(candidate));
    const results = await runBacktest(fitContext.series, [toDayNumber(window)], [contender], () => undefined);
    const score = scoreWindows(results)[0]?.scores[MODEL];
    return { rmsle: score?.rmsle ?? Number.NaN, wape: score?.wape ?? null };
  };
  const state = await openSearch(statePath, identity);
  return runSearch(
    state,
    measure,
    (next) => saveSearch(statePath, next),
    (done, total) => onProgress('searching', done, total),
  );
}

/** Resolves each candidate's recipe once, on days before the oldest window. */
function createSettling(
  fitContext: FitContext,
  { candidates, seed }: SearchIdentity,
  firstOrigin: DayNumber,
  onProgress: ReportProgress,
): (candidate: number) => Promise<Recipe> {
  const settled = new Map<number, Promise<Recipe>>();
  return (candidate) => {
    const parameters = { ...at(candidates, candidate), seed };
    const known = settled.get(candidate);
    if (known) return known;
    const recipe = resolveRecipe(fitContext, parameters, firstOrigin, onProgress).then(
      (found) => found.recipe,
    );
    settled.set(candidate, recipe);
    return recipe;
  };
}

function identityOf(request: SearchRequest, origins: readonly DayNumber[]): SearchIdentity {
  const { dataset, xgboost, threads, seed, holdout } = request;
  const newestFirst: IsoDate[] = origins.toReversed().map(toIsoDate);
  const random = new Random(seed, 'tune');
  const uniform = () => random.uniform();
  return {
    dataset: dataset.name,
    data: hashDataset(dataset),
    features: FEATURE_FINGERPRINT,
    windows: newestFirst.slice(holdout),
    holdout: newestFirst.slice(0, holdout),
    candidates: drawCandidates(request.space, request.current, request.candidates, uniform),
    seed,
    xgboost: xgboost.version,
    threads,
  };
}

/** SHA-256 of everything that rows are made of: it changes with any sale, promotion, ticket or covariate. */
export function hashDataset({ panel, stores, families, holidays, oil, shiftDays }: Dataset): string {
  const { milliUnits, onpromotion, tickets, ...shape } = panel;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([shape, stores, families, holidays, oil, shiftDays]));
  for (const column of [milliUnits, onpromotion, ...(tickets ? [tickets] : [])]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
