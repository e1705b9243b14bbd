import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import {
  type ClassicalParameters,
  classicalForecast,
} from '../../../shared/forecast/classical/classical-forecast.ts';
import { promotionEffectOf } from '../../../shared/forecast/promotion-response.ts';
import { CLASSICAL_NAMES, type ClassicalName } from '../../../shared/schemas/contender-names.ts';
import { fitClassical } from '../model/classical/fit-classical.ts';
import { type PanelSeries, seriesAsOf } from '../model/series/panel-series.ts';
import { type LearnedFirst, learnFirst } from '../model/training-set/row-layout.ts';
import type { Contender, PanelForecast } from './contenders.ts';

/** What the classical forecasters know at an origin. */
interface KnownAt extends LearnedFirst {
  readonly origin: DayNumber;
  readonly seen: readonly PanelSeries[];
  readonly parameters: ClassicalParameters;
}

/** The classical forecasters, their parameters fitted on the days before each window. */
export function classicalContenders(series: readonly PanelSeries[]): Contender[] {
  let latest: KnownAt | null = null;
  const knownAt = (origin: DayNumber): KnownAt => {
    if (latest?.origin === origin) return latest;
    const learned = learnFirst(series, origin);
    const seen = series.map((member) => seriesAsOf(member, origin));
    latest = { ...learned, origin, seen, parameters: fitClassical(series, origin, learned) };
    return latest;
  };
  return CLASSICAL_NAMES.map((name) => ({
    name,
    forecast: async (origin) => forecastAll(name, knownAt(origin)),
  }));
}

function forecastAll(
  name: ClassicalName,
  { seen, origin, promotionResponse, peers, parameters }: KnownAt,
): PanelForecast {
  const median = new Float64Array(seen.length * HORIZON);
  const mean = new Float64Array(median.length);
  seen.forEach((member, s) => {
    const { history, family } = member;
    const effect = promotionEffectOf(promotionResponse, family);
    const own = classicalForecast(name, { series: member, history, origin, effect, peers }, parameters);
    median.set(own.median, s * HORIZON);
    mean.set(own.mean, s * HORIZON);
  });
  return { median, mean };
}
