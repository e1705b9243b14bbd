import {
  createAnchorColumns,
  createCategories,
  createFeatureBuilder,
  FEATURE_COUNT,
  HORIZON,
  HORIZONS,
} from '../../shared/features/index.ts';
import { generateSyntheticDataset } from '../../workers/trainer/data/synthetic/generate-dataset.ts';
import { openPanelSeries, type PanelSeries } from '../../workers/trainer/model/series/panel-series.ts';

const STORES = 6;
/** Origins of a series, a fixed number of days apart, back from the last one whose targets are all known. */
const ORIGINS = 120;
const ORIGIN_STRIDE = 3;
const PASSES = 5;

/**
 * `npm run bench -- features [--json]`: rows of features and anchors that one core builds per second, as the trainer
 * does, on the series of the synthetic dataset with 120 origins of 16 horizons each. Median of five passes after a
 * warm-up, in CPU time, so that other load on the machine counts less.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { dataset } = generateSyntheticDataset({ stores: STORES });
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const lastOrigin = dataset.panel.firstDay + dataset.panel.dayCount - 1 - HORIZON;
  const origins = Array.from({ length: ORIGINS }, (_, i) => lastOrigin - i * ORIGIN_STRIDE);
  const rows = series.length * origins.length * HORIZON;

  buildAll(series, origins);
  const seconds = Array.from({ length: PASSES }, () => {
    const before = process.cpuUsage();
    buildAll(series, origins);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  }).sort((left, right) => left - right);
  const median = seconds[Math.floor(PASSES / 2)] as number;
  const perSecond = Math.round(rows / median);
  process.stdout.write(
    `${rows} rows of ${FEATURE_COUNT} features in ${median.toFixed(2)} s of one core: ${perSecond} rows/s\n`,
  );
  if (args.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ rows_per_second: perSecond, rows, features: FEATURE_COUNT })}\n`,
    );
  }
}

function buildAll(series: readonly PanelSeries[], origins: readonly number[]): void {
  const rows = new Float32Array(origins.length * HORIZON * FEATURE_COUNT);
  const anchors = createAnchorColumns(HORIZON);
  const builder = createFeatureBuilder();
  for (const { history, covariates } of series) {
    origins.forEach((origin, i) => {
      const offset = i * HORIZON * FEATURE_COUNT;
      builder.build(history, covariates, origin, HORIZONS, { rows, offset, anchors });
    });
  }
}
