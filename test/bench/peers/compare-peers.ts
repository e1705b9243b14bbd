import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import type { ReportProgress } from '../../../workers/trainer/data/progress.ts';
import { onePoint } from '../../../workers/trainer/evaluate/contenders.ts';
import { pointsBy, type WindowResult } from '../../../workers/trainer/evaluate/window-result.ts';
import type { TrainingOptions } from '../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../workers/trainer/model/xgboost/xgboost.ts';
import { exportDirectRows } from './direct-rows.ts';
import { exportPanel } from './export-panel.ts';
import { backtestOurs, type OurBacktest, userSeconds } from './our-backtest.ts';
import { ourForecast, type PointForecast, pickPoints } from './point-forecast.ts';
import { type PeerCost, PeerError, type PeerPlace, readForecast, runPeer } from './run-peer.ts';
import { sampleSeries } from './sample-series.ts';
import { type ContenderScores, type ScoredWindow, scoreContender } from './score-contender.ts';

/** Contenders of our own backtest that peers.py computes from the exchanged files, too. */
const SHARED_BASELINES = ['seasonal_naive', 'same_weekday_mean_4'] as const;
const DIRECT = 'direct_lightgbm';
/** Peers that read the exported panel and nothing else. */
const PANEL_PEERS = [
  'auto_ets',
  'ets_ana',
  'auto_theta',
  'croston_sba',
  'tsb',
  'mlforecast_lightgbm',
] as const;

export interface PeersRequest {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  /** The most series to score. */
  readonly sample: number;
  readonly xgboost: Xgboost;
  /** The Python program with the peers' packages. */
  readonly python: string;
  readonly onProgress: ReportProgress;
  /** Receives a sentence about each step that starts. */
  readonly onStep: (step: string) => void;
}

export interface ComparedContender {
  readonly name: string;
  readonly scores: ContenderScores;
  /** User CPU of fits and forecasts of all windows. */
  readonly cpuSeconds: number;
  /** Of the process; null if it is too small to be measured in ours. */
  readonly peakMb: number | null;
  readonly replaced: number;
}

export interface Comparison {
  readonly windows: readonly ScoredWindow[];
  readonly seriesCount: number;
  readonly scoredCount: number;
  readonly contenders: readonly ComparedContender[];
}

/** A window with its scored points: their indices in our result and in a peer's forecasts. */
interface Selection extends ScoredWindow {
  readonly result: WindowResult;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * Runs our backtest and the peers on its windows, each refitted on the days up to the origin, and scores all of them on
 * the same points: those of the backtest, for a sample of the series if there are many.
 *
 * @throws {PeerError | TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function comparePeers(request: PeersRequest): Promise<Comparison> {
  const { options, onStep } = request;
  onStep('our backtest');
  const backtest = await backtestOurs(request);
  const { series, results, recipe } = backtest;
  const origins = results.map(({ origin }) => origin);
  const scored = sampleSeries(series, origins[0] ?? 0, request.sample, options.seed);
  const windows = results.map((result) => selectPoints(result, scored));
  const directory = await mkdtemp(join(tmpdir(), 'bench-peers-'));
  try {
    const { threads } = options;
    await exportPanel(directory, { series, scored, origins, recipe, threads });
    const place = { python: request.python, directory, threads };
    const size = scored.length * HORIZON;
    const forecastsOf = (name: string) =>
      Promise.all(
        windows.map(async ({ theirs }, w) =>
          pickPoints(onePoint(await readForecast(place, name, w, size)), theirs),
        ),
      );

    for (const name of SHARED_BASELINES) {
      onStep(`check: ${name} from the exported files`);
      await runPeer(place, name, indicesOf(windows));
      requireEqual(name, windows, await forecastsOf(name));
    }
    const contenders = ourContenders(backtest, windows);
    for (const name of [...PANEL_PEERS, DIRECT]) {
      onStep(name);
      const cost =
        name === DIRECT
          ? await runDirect(place, scored, request, backtest)
          : await runPeer(place, name, indicesOf(windows));
      contenders.push({
        name,
        scores: scoreContender(windows, await forecastsOf(name)),
        cpuSeconds: cost.cpu_seconds,
        peakMb: cost.peak_mb,
        replaced: cost.replaced,
      });
    }
    return { windows, seriesCount: series.length, scoredCount: scored.length, contenders };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function selectPoints(result: WindowResult, scored: readonly number[]): Selection {
  const place = new Map(scored.map((s, at) => [s, at]));
  const points = [...result.series].flatMap((s, i) => {
    const at = place.get(s);
    return at === undefined ? [] : [{ i, s, at }];
  });
  return {
    result,
    origin: result.origin,
    actual: Float64Array.from(points, ({ i }) => result.actual[i] ?? Number.NaN),
    series: Int32Array.from(points, ({ s }) => s),
    ours: points.map(({ i }) => i),
    theirs: points.map(({ i, at }) => at * HORIZON + (result.h[i] ?? 0) - 1),
  };
}

function ourContenders(backtest: OurBacktest, windows: readonly Selection[]): ComparedContender[] {
  return [MODEL, ...SHARED_BASELINES].map((name) => ({
    name,
    scores: scoreContender(
      windows,
      windows.map(({ result, ours }) => pickPoints(forecastIn(result, name), ours)),
    ),
    cpuSeconds: backtest.cpuSeconds[name] ?? Number.NaN,
    peakMb: name === MODEL ? backtest.peakMb : null,
    replaced: 0,
  }));
}

function forecastIn(result: WindowResult, name: string): PointForecast {
  return name === MODEL ? ourForecast(result) : pointsBy(result, name);
}

/** One window at a time, because its rows are many; the time includes building them, as ours does. */
async function runDirect(
  place: PeerPlace,
  scored: readonly number[],
  { options: { threads }, xgboost }: Pick<PeersRequest, 'options' | 'xgboost'>,
  { series, recipe, results }: OurBacktest,
): Promise<PeerCost> {
  const fitContext = { xgboost, series, threads };
  const total = { cpu_seconds: 0, peak_mb: 0, replaced: 0 };
  for (const [w, { origin }] of results.entries()) {
    const started = userSeconds();
    const files = await exportDirectRows(place.directory, w, origin, { fitContext, recipe, scored });
    total.cpu_seconds += userSeconds() - started;
    const cost = await runPeer(place, DIRECT, [w]);
    total.cpu_seconds += cost.cpu_seconds;
    total.peak_mb = Math.max(total.peak_mb, cost.peak_mb);
    total.replaced += cost.replaced;
    for (const file of files) await rm(join(place.directory, file));
  }
  return total;
}

/**
 * @throws {PeerError} if a baseline differs when computed from the exchanged files: peers would see other sales than we
 * do.
 */
function requireEqual(
  name: string,
  windows: readonly Selection[],
  forecasts: readonly PointForecast[],
): void {
  windows.forEach(({ result, ours }, w) => {
    const own = pickPoints(pointsBy(result, name), ours).mean;
    const theirs = forecasts[w]?.mean;
    const at = own.findIndex(
      (units, i) => !(Math.abs(units - (theirs?.[i] ?? Number.NaN)) <= 1e-9 * (1 + units)),
    );
    if (at < 0) return;
    throw new PeerError(
      `${name} differs at point ${at + 1} of window ${w + 1}: ${own[at]} in the backtest, ${theirs?.[at]} from the exported files`,
    );
  });
}

function indicesOf(windows: readonly unknown[]): number[] {
  return [...windows.keys()];
}
