import { at } from '../../../../shared/at.ts';
import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import {
  CLASSICAL_DEFAULTS,
  type ClassicalDemand,
  type ClassicalParameters,
  openClassicalDemand,
  usualAhead,
} from '../../../../shared/forecast/classical/classical-forecast.ts';
import { effectOn, promotionEffectOf } from '../../../../shared/forecast/promotion-response.ts';
import type { ClassicalName } from '../../../../shared/schemas/contender-names.ts';
import type { PeerLevels, PromotionResponse } from '../../../../shared/schemas/manifest.ts';
import type { PanelSeries } from '../series/panel-series.ts';

/** Past windows of 16 days, one before the other, on which parameters are compared. */
const WINDOWS = 3;
/** Series that they are compared on, at most, evenly over the panel. */
const MOST_SERIES = 400;
/** With this many series and windows, the parameters lie halfway between the defaults and the best ones. */
const PSEUDO_COUNT = 100;

const ALPHAS = [0.03, 0.05, 0.1, 0.15, 0.2, 0.3] as const;
/** Of the trend, as a share of the level's. */
const TREND_SHARES = [0.005, 0.02, 0.05] as const;
const PHIS = [0.9, 0.97] as const;
const TSB_ALPHAS = [0.02, 0.05, 0.1, 0.2] as const;

/** The values that are tried, by method; `open_weekday_mean_4` has none. */
const GRIDS: { readonly [K in keyof ClassicalParameters]: readonly ClassicalParameters[K][] } = {
  exponential_smoothing: ALPHAS.map((alpha) => ({ alpha })),
  damped_trend: ALPHAS.flatMap((alpha) =>
    TREND_SHARES.flatMap((share) => PHIS.map((phi) => ({ alpha, beta: share * alpha, phi }))),
  ),
  tsb: TSB_ALPHAS.flatMap((alpha_size) => TSB_ALPHAS.map((alpha_chance) => ({ alpha_size, alpha_chance }))),
};

/** What a method learns from before it is fitted. */
export interface ClassicalContext {
  readonly promotionResponse: PromotionResponse | null;
  readonly peers: PeerLevels | null;
}

/**
 * The parameters of the classical forecasters, from the days up to `lastDay`: of a small grid those with the least
 * squared error of log1p over the last windows of all series together, shrunk (geometrically) to the defaults where
 * there are few.
 */
export function fitClassical(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  context: ClassicalContext,
): ClassicalParameters {
  const cases = openCases(series, lastDay, context);
  const weight = cases.length / (cases.length + PSEUDO_COUNT);
  const choose = <K extends keyof ClassicalParameters>(name: K): ClassicalParameters[K] => {
    const errors = GRIDS[name].map((tried) =>
      squaredError(name, cases, { ...CLASSICAL_DEFAULTS, [name]: tried }),
    );
    const best = GRIDS[name][errors.indexOf(Math.min(...errors))];
    return best ? between(CLASSICAL_DEFAULTS[name], best, weight) : CLASSICAL_DEFAULTS[name];
  };
  return {
    exponential_smoothing: choose('exponential_smoothing'),
    damped_trend: choose('damped_trend'),
    tsb: choose('tsb'),
  };
}

/** A series at an origin, and what it sold in the days after it. */
interface Case {
  readonly demand: ClassicalDemand;
  /** log1p(units) less promotions; NaN where not known, or closed. */
  readonly sold: Float64Array;
}

function openCases(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  { promotionResponse, peers }: ClassicalContext,
): Case[] {
  const step = Math.max(1, series.length / MOST_SERIES);
  const count = Math.min(series.length, MOST_SERIES);
  const chosen = Array.from({ length: count }, (_, i) => at(series, Math.floor(i * step)));
  return chosen.flatMap((member) => {
    const { history, closedDays, family } = member;
    const effect = promotionEffectOf(promotionResponse, family);
    const cases = Array.from({ length: WINDOWS }, (_, w) => {
      const origin = lastDay - (w + 1) * HORIZON;
      const sold = Float64Array.from({ length: HORIZON }, (_, i) => {
        const day = origin + 1 + i;
        const milliUnits = history.milliUnits[day - history.firstDay] ?? -1;
        if (milliUnits < 0 || closedDays[day - history.firstDay] === 1) return Number.NaN;
        return Math.log1p((milliUnits / 1000) * Math.exp(-effectOn(effect, history, day)));
      });
      return { demand: openClassicalDemand({ series: member, history, origin, effect, peers }), sold };
    });
    return cases.filter(({ demand, sold }) => demand.usual && !sold.every(Number.isNaN));
  });
}

function squaredError(name: ClassicalName, cases: readonly Case[], parameters: ClassicalParameters): number {
  let sum = 0;
  for (const { demand, sold } of cases) {
    const { logs } = usualAhead[name](demand, parameters);
    for (let i = 0; i < HORIZON; i++) {
      const error = (logs[i] as number) - (sold[i] as number);
      if (!Number.isNaN(error)) sum += error * error;
    }
  }
  return sum;
}

/** The geometric means of two sets of parameters, `weight` being that of the second. */
function between<T extends object>(left: T, right: T, weight: number): T {
  const entries = Object.entries(left).map(([key, value]) => {
    const other = Number(right[key as keyof T]);
    return [key, Number(value) ** (1 - weight) * other ** weight];
  });
  return Object.fromEntries(entries) as T;
}
