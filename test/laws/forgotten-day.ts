import { type SeriesKey, seriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { anchorsOf } from '../support/features/build-rows.ts';
import { fitPanel, forecastPanel, type PanelForecast } from '../support/trainer/forecast-panel.ts';
import { ESCAPE_UNITS, type Pair, pairForecasts } from './change.ts';
import { daysAgo, forgetDay } from './edit-dataset.ts';
import { type Finding, type Law, shareFinding } from './finding.ts';

const LAGS = [0, 1, 2, 6];
/** Series whose day is lost alone, with a model of its own. */
const REFITTED = 3;
const TOLERANCE = 0.02;
const UNKNOWN = -1;

/**
 * A day that becomes unknown moves its series' forecast by no more than the day had said: in log space, no further than
 * the day lay from what was forecast for it the day before, or from its anchor then, whichever is more.
 */
export const forgettingADay: Law = async ({ dataset, options, base }) => {
  const findings: Finding[] = [];
  const fitted = await fitPanel(dataset, options);
  try {
    for (const lag of LAGS) {
      const surprises = surprisesOf(dataset, lag, fitted.forecast(daysAgo(dataset, lag + 1)));
      const after = fitted.forecast(forgetDay(dataset, lag, (key) => surprises.has(key)));
      const pairs = pairForecasts(base, after, (key) => (surprises.has(key) ? key : null));
      findings.push(...excessFindings(`day ${lag} before the last forgotten, same model`, pairs, surprises));
    }
    const last = surprisesOf(dataset, 0, fitted.forecast(daysAgo(dataset, 1)));
    const keys = [...last.keys()];
    const chosen = keys
      .filter((_, i) => i % Math.max(1, Math.floor(keys.length / REFITTED)) === 0)
      .slice(0, REFITTED);
    const pairs: Pair[] = [];
    for (const key of chosen) {
      const after = await forecastPanel(
        forgetDay(dataset, 0, (other) => other === key),
        options,
      );
      pairs.push(...pairForecasts(base, after, (other) => (other === key ? key : null)));
    }
    findings.push(...excessFindings('last day of one series forgotten, refitted', pairs, last));
  } finally {
    fitted.dispose();
  }
  return findings;
};

/** By series, how far the day lay from what was expected, in log space; for series that know it. */
function surprisesOf(dataset: Dataset, lag: number, dayBefore: PanelForecast): Map<SeriesKey, number> {
  const { panel } = dataset;
  const { dayCount, firstDay, plannedDayCount } = panel;
  const origin = firstDay + dayCount - lag - 2;
  const tickets = new Int32Array(dayCount).fill(UNKNOWN);
  const surprises = new Map<SeriesKey, number>();
  panel.series.forEach(({ storeNbr, family }, s) => {
    const key = seriesKey(storeNbr, family);
    const milliUnits = panel.milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
    const sold = milliUnits[dayCount - 1 - lag] as number;
    const forecast = dayBefore.series.get(key)?.days[0]?.median;
    if (sold < 0 || forecast === undefined) return;
    const onpromotion = panel.onpromotion.subarray(s * plannedDayCount, (s + 1) * plannedDayCount);
    const anchors = anchorsOf({ firstDay, milliUnits, onpromotion, tickets }, origin, 1);
    const anchored = anchors.values[0] as number;
    const actual = Math.log1p(sold / 1000);
    surprises.set(key, Math.max(Math.abs(actual - Math.log1p(forecast)), Math.abs(actual - anchored)));
  });
  return surprises;
}

/** None where no series knows the day. */
function excessFindings(
  law: string,
  pairs: readonly Pair[],
  surprises: ReadonlyMap<SeriesKey, number>,
): Finding[] {
  if (surprises.size === 0) return [];
  const excess = pairs.map((pair) => {
    if (Math.abs(pair.before - pair.after) <= ESCAPE_UNITS) return 0;
    const moved = Math.abs(Math.log1p(pair.before) - Math.log1p(pair.after));
    return Math.max(0, moved - (surprises.get(pair.series) ?? 0));
  });
  const isBeyond = excess.map((value) => value > TOLERANCE);
  return [
    shareFinding(law, 'series-days moved too far', isBeyond),
    {
      law,
      figure: 'greatest move beyond the surprise, log',
      value: Math.max(0, ...excess),
      limit: TOLERANCE,
    },
  ];
}
