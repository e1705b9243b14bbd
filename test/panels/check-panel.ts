import { HORIZON } from '../../shared/features/index.ts';
import { DatasetError } from '../../workers/trainer/data/csv/dataset-error.ts';
import { NoTrainingRowsError } from '../../workers/trainer/model/training-set/training-rows.ts';
import { forecastPanel, type PanelOptions } from '../support/trainer/forecast-panel.ts';
import { findImplausibilities, type Implausibility } from './expected-range.ts';
import { makePanel, readThroughFiles } from './make-panel.ts';
import type { PanelSize } from './random-panel.ts';

export interface PanelOutcome {
  /** What happened to the retailer. */
  readonly story: readonly string[];
  /** Why the files were not taken; null where they were. */
  readonly refusal: string | null;
  readonly implausibilities: readonly Implausibility[];
  readonly seriesDays: number;
  readonly replaced: number;
}

/** Draws a panel, forecasts it and looks for forecasts that nothing explains. A crash is the caller's to report. */
export async function checkPanel(
  seed: number,
  index: number,
  size: PanelSize,
  options: PanelOptions,
): Promise<PanelOutcome> {
  const { drawn, story } = makePanel(seed, index, size);
  try {
    const dataset = await readThroughFiles(drawn);
    const forecast = await forecastPanel(dataset, options);
    return {
      story: [describe(dataset.stores.length, dataset.families.length, drawn.dayCount), ...story],
      refusal: null,
      implausibilities: findImplausibilities(dataset, forecast),
      seriesDays: forecast.series.size * HORIZON,
      replaced: forecast.replaced,
    };
  } catch (error) {
    if (!(error instanceof DatasetError || error instanceof NoTrainingRowsError)) throw error;
    return { story, refusal: error.message, implausibilities: [], seriesDays: 0, replaced: 0 };
  }
}

function describe(stores: number, families: number, days: number): string {
  return `${stores} stores, ${families} families, ${days} days`;
}

export function describeImplausibility({ series, h, units, least, greatest }: Implausibility): string {
  return `${series} h ${h}: ${units.toFixed(1)} where ${least}..${greatest} was sold`;
}
