import { describe, expect, it } from 'vitest';
import {
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  HORIZON,
} from '../../../../shared/features/index.ts';
import { buildFeatureRows } from '../../../support/features/build-rows.ts';
import { PARITY_DATASET, PARITY_ORIGINS, rowBits } from '../../../support/features/parity-dataset.ts';

describe('the panel path', () => {
  it('builds the same rows as the serving path (test/integration/shared/features; `vitest -u` rewrites the golden file test/support/features/parity.golden.json)', async () => {
    const { catalog, history } = PARITY_DATASET;
    const first = Math.min(...PARITY_ORIGINS);
    const last = Math.max(...PARITY_ORIGINS) + HORIZON;
    const covariates = createCovariates(
      catalog,
      first,
      last,
      createCategories(catalog.stores, catalog.families),
    );
    const series = covariates.of(PARITY_DATASET.series);
    const rows = PARITY_ORIGINS.map((origin) => {
      const out = new Float32Array(HORIZON * FEATURE_COUNT);
      buildFeatureRows(history, series, origin, out);
      return rowBits(out);
    });
    const golden = `${JSON.stringify(rows, null, 2)}\n`;
    await expect(golden).toMatchFileSnapshot('../../../support/features/parity.golden.json');
  });
});
