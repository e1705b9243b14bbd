import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { forecastPanel } from '../support/trainer/forecast-panel.ts';
import { pairForecasts } from './change.ts';
import { editSeries, putTogether, takeApart } from './edit-dataset.ts';
import { changeFindings, type Finding, type Law } from './finding.ts';

const FACTORS = [0.1, 10, 1000];
const LIMITS = { median: 0.05, p99: 0.05 };
/** Thousandths of a unit are kept in 32 bits. */
const MAX_UNITS = 2_000_000;

/** A retailer that counts in other units gets the same forecast in those, as long as a day sells one at least. */
export const countingInOtherUnits: Law = async ({ dataset, options }) => {
  const findings: Finding[] = [];
  for (const factor of FACTORS) {
    const counted = seriesThatCanBeScaled(dataset, factor);
    if (!counted) continue;
    const scaled = editSeries(counted, ({ milliUnits }) => {
      for (let d = 0; d < milliUnits.length; d++) {
        const value = milliUnits[d] as number;
        if (value > 0) milliUnits[d] = Math.round(value * factor);
      }
    });
    const before = await forecastPanel(counted, options);
    const after = await forecastPanel(scaled, options);
    const pairs = pairForecasts(before, after).map((pair) => {
      // Compared at the greater of both scales, so that one unit is little.
      return factor < 1 ? { ...pair, after: pair.after / factor } : { ...pair, before: pair.before * factor };
    });
    findings.push(...changeFindings(`units x ${factor}`, pairs, LIMITS));
  }
  return findings;
};

/**
 * The dataset with those of its series that sell at least one unit a day before and after, save on days on which nobody
 * sells; null where there is none.
 */
function seriesThatCanBeScaled(dataset: Dataset, factor: number): Dataset | null {
  const { series, stores } = takeApart(dataset);
  const isOpen = Array.from({ length: dataset.panel.dayCount }, (_, d) =>
    series.some(({ milliUnits }) => (milliUnits[d] as number) > 0),
  );
  const least = 1000 / Math.min(1, factor);
  const kept = series.filter(({ milliUnits }) =>
    milliUnits.every((value, d) => {
      if (value < 0 || (value === 0 && !isOpen[d])) return true;
      return value >= least && value * factor <= 1000 * MAX_UNITS;
    }),
  );
  return kept.length === 0 ? null : putTogether(dataset, { series: kept, stores });
}
