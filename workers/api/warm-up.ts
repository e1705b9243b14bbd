import { publicationPointerSchema } from '../../shared/artifacts/publication-pointer.ts';
import type { BusinessClock } from '../../shared/calendar/business-clock.ts';
import { createCovariates, FEATURE_COUNT, HORIZON } from '../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../shared/forecast/forecast-series.ts';
import type { LoadedForest } from '../../shared/forecast/inference-engine.ts';
import type { Catalog } from '../../shared/schemas/catalog.ts';
import { manifestSchema } from '../../shared/schemas/manifest.ts';
import type { ApiApp } from './app.ts';
import { readPromotionPlan } from './queries/promotion-plans.ts';
import { readCatalog } from './queries/read-catalog.ts';
import { forecastQuerySchema } from './routes/forecasts.ts';

const DATE = '1970-01-01';

/** A catalog with one of everything. */
const SMALLEST_CATALOG: Catalog = {
  schema_version: 1,
  dataset: 'warm-up',
  shift_days: 0,
  first_date: DATE,
  live_from: DATE,
  last_date: DATE,
  has_tickets: true,
  stores: [{ store_nbr: '1', city: '', state: '', type: '', cluster: 0 }],
  families: ['NONE'],
  series: ['1:NONE'],
  holidays: [
    { date: DATE, type: 'Holiday', locale: 'National', locale_name: '', description: '', transferred: false },
  ],
  oil: [{ date: DATE, price: 1 }],
  closures: {
    intervals: [{ store_nbr: '1', from: DATE, to: DATE, reason: 'holiday', declared: false }],
    weekly: [{ store_nbr: '1', weekdays: [7], from: DATE }],
  },
};

/**
 * Runs the code paths of the first requests once: time zone data, routing, parsers, the feature code. A fresh isolate
 * compiles them on first use; at start-up they count against the second that a Worker has to start, not against the
 * 10 ms of the first request.
 *
 * It does nothing that start-up forbids: no input or output, no random values, no response with a body.
 */
export async function warmUp(app: ApiApp, clock: BusinessClock): Promise<void> {
  clock.minuteOf(clock.startOf(clock.dayOf(0)));
  manifestSchema.safeParse({});
  publicationPointerSchema.safeParse({});
  forecastQuerySchema.safeParse({ store_nbr: '1', family: 'NONE' });
  readPromotionPlan(
    JSON.stringify({ week: '1970-W01', series: ['1:NONE'], days: { [DATE]: [0] } }),
    'warm-up',
  );
  warmUpForecast(readCatalog(JSON.stringify(SMALLEST_CATALOG), 'warm-up'));
  // The id is specified because start-up forbids random values.
  await app.request('/v1/forecasts', { method: 'OPTIONS', headers: { 'X-Request-Id': 'warm-up' } });
}

/** A series that never sold, and a model that predicts 0. */
function warmUpForecast(catalog: Catalog): void {
  const origin = 0;
  const flat = [new Array<number>(HORIZON).fill(0)];
  const quantiles = { p10: flat, p50: flat, p90: flat };
  const forest: LoadedForest = {
    featureCount: FEATURE_COUNT,
    kernel: 'none',
    predict: (rows) => new Float32Array(rows.length / FEATURE_COUNT),
    dispose: () => undefined,
  };
  forecastSeries({
    series: { storeNbr: '1', family: 'NONE' },
    reading: {
      firstDate: DATE,
      milliUnits: new Int32Array(1),
      onpromotion: new Uint16Array(1),
      tickets: new Int32Array(1),
    },
    planned: new Uint16Array(HORIZON),
    origin,
    covariates: createCovariates(catalog, origin, origin + HORIZON, {}).of({ storeNbr: '1', family: 'NONE' }),
    model: modelOfFamily(
      {
        conformal: { class_bounds: [], ...quantiles, cumulative: quantiles },
        promotion_response: { items: [1, 2], families: { NONE: [0, 0] } },
        smoothing_share: 0.5,
      },
      forest,
      'NONE',
    ),
  });
}
