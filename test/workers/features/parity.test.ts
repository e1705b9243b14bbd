import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  buildFeatureRow,
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  HORIZON,
  historyFromReading,
} from '../../../shared/features/index.ts';
import { RETENTION } from '../../../shared/store/retention.ts';
import golden from './parity.golden.json';
import { PARITY_DATASET, PARITY_ORIGINS, rowBits } from './parity-dataset.ts';

describe('the serving path', () => {
  it('builds, inside workerd and from no more than the store keeps, the very bits that training builds', () => {
    const { catalog, history, series } = PARITY_DATASET;
    PARITY_ORIGINS.forEach((origin, i) => {
      const end = origin + 1 - history.firstDay;
      const start = end - RETENTION.historyDays;
      const reading = {
        firstDate: toIsoDate(history.firstDay + start),
        milliUnits: history.milliUnits.slice(start, end),
        onpromotion: history.onpromotion.slice(start, end),
        tickets: history.tickets.slice(start, end),
      };
      const planned = Array.from(history.onpromotion.slice(end));
      // Covariates of the few days a request needs, where training tabulates the whole span.
      const covariates = createCovariates(
        catalog,
        origin,
        origin + HORIZON,
        createCategories(catalog.stores, catalog.families),
      ).of(series);
      const rows = new Float32Array(HORIZON * FEATURE_COUNT);
      for (let h = 1; h <= HORIZON; h++) {
        buildFeatureRow(
          historyFromReading(reading, planned),
          covariates,
          origin,
          h,
          rows,
          (h - 1) * FEATURE_COUNT,
        );
      }
      expect(rowBits(rows)).toEqual(golden[i]);
    });
  });
});
