import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  HORIZON,
  historyFromReading,
  PLANNED_DAYS,
} from '../../../../shared/features/index.ts';
import { createDurableSalesStore } from '../../../../shared/sales-store/durable/durable-sales-store.ts';
import { RETENTION } from '../../../../shared/sales-store/retention.ts';
import type { SeriesReading } from '../../../../shared/sales-store/sales-store.ts';
import { buildFeatureRow } from '../../../support/features/build-rows.ts';
import golden from '../../../support/features/parity.golden.json';
import { PARITY_DATASET, PARITY_ORIGINS, rowBits } from '../../../support/features/parity-dataset.ts';
import { bindings } from '../../bindings.ts';

const { catalog, history, series } = PARITY_DATASET;

/** Gives the store every day up to the origin, and reads back what it keeps. */
async function readFromStore(origin: number): Promise<SeriesReading> {
  const store = createDurableSalesStore(bindings.SALES_STORE, `feature parity ${origin}`);
  const days = origin + 1 - history.firstDay;
  await store.openHistory({ liveFrom: toIsoDate(origin + 1), storeCount: 1, openingBalances: [] });
  await store.importHistory({
    store_nbr: series.storeNbr,
    first_date: toIsoDate(history.firstDay),
    last_date: toIsoDate(origin),
    tickets: Array.from(history.tickets.slice(0, days)),
    series: [
      {
        family: series.family,
        milli_units: Array.from(history.milliUnits.slice(0, days)),
        onpromotion: Array.from(history.onpromotion.slice(0, days)),
      },
    ],
  });
  const reading = await store.readSeries(`${series.storeNbr}:${series.family}`, toIsoDate(origin));
  if (!reading) throw new Error('the store has no such series');
  return reading;
}

describe('the serving path', () => {
  it.each(PARITY_ORIGINS.map((origin, i) => [toIsoDate(origin), origin, i] as const))(
    'builds for %s, inside workerd and from what the feature store keeps, the very bits that training builds',
    async (_date, origin, i) => {
      const reading = await readFromStore(origin);
      expect(reading.milliUnits).toHaveLength(RETENTION.historyDays);
      const next = origin + 1 - history.firstDay;
      const planned = Array.from(history.onpromotion.slice(next, next + PLANNED_DAYS));
      const closed = Array.from({ length: PLANNED_DAYS + 1 }, (_, h) =>
        history.closed?.[next - 1 + h] === 1 ? 'holiday' : null,
      );
      // Covariates of the few days a request needs, where training tabulates the whole span.
      const categories = createCategories(catalog.stores, catalog.families);
      const covariates = createCovariates(catalog, origin, origin + HORIZON, categories).of(series);
      const rows = new Float32Array(HORIZON * FEATURE_COUNT);
      for (let h = 1; h <= HORIZON; h++) {
        const offset = (h - 1) * FEATURE_COUNT;
        buildFeatureRow(historyFromReading(reading, planned, closed), covariates, origin, h, rows, offset);
      }
      expect(rowBits(rows)).toEqual(golden[i]);
    },
  );
});
