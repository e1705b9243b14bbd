import { createRoute, z } from '@hono/zod-openapi';
import { at } from '../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { holidayNamesOn } from '../../../shared/features/holiday-calendar.ts';
import { HORIZON, PLANNED_DAYS } from '../../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../../shared/forecast/forecast-series.ts';
import {
  type ForecastBody,
  type ForecastError,
  type ForecastPoint,
  type ForecastsBody,
  forecastBodySchema,
  forecastsBodySchema,
} from '../../../shared/schemas/api/forecast.ts';
import {
  formatParameter,
  optionalIntegerParameter,
  seriesParameters,
  type TableFormat,
} from '../../../shared/schemas/api/parameters.ts';
import type { Catalog, Store } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { familySchema, givenStoreNbrSchema } from '../../../shared/schemas/series-schema.ts';
import {
  defineOperation,
  entityTag,
  isNotModified,
  notModified,
  notModifiedResponse,
  problemResponses,
  requireJson,
} from '../openapi/operation.ts';
import { formatOf, sendTable, type Table, tableContent } from '../openapi/table.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';
import type { CachedObject } from '../queries/isolate-caches.ts';
import { type PlannedPromotions, readPlannedPromotions } from '../queries/promotion-plans.ts';
import type { Served, ServedBatch } from '../queries/publication-cache.ts';
import { requireSeries, requireStoreAndFamily } from '../queries/require-series.ts';
import type { AskedSeries, ClosedSeries } from '../queries/series-reader.ts';
import { freshnessOf } from '../queries/stream-position.ts';

export const forecastQuerySchema = z.strictObject({
  ...seriesParameters,
  horizon: optionalIntegerParameter({
    min: 1,
    max: HORIZON,
    fallback: HORIZON,
    example: 7,
    description: 'How many days to forecast.',
  }),
  ...formatParameter,
});

const TABLE: Table<ForecastBody> = {
  fileName: 'forecast',
  columns: [
    ...['store_nbr', 'family', 'date', 'h', 'mean', 'p10', 'p50', 'p90', 'source', 'onpromotion'],
    ...['cumulative_mean', 'cumulative_p10', 'cumulative_p50', 'cumulative_p90'],
    ...['closed', 'holidays', 'origin', 'model_version', 'as_of', 'stale'],
  ],
  rowsOf: ({ points, store_nbr, family, origin, model_version, as_of, stale }) =>
    points.map(({ cumulative, holidays = [], ...point }) => ({
      ...{ store_nbr, family, origin, model_version, as_of, stale },
      ...point,
      cumulative_mean: cumulative?.mean,
      cumulative_p10: cumulative?.p10,
      cumulative_p50: cumulative?.p50,
      cumulative_p90: cumulative?.p90,
      holidays: holidays.join('; '),
    })),
};

const BATCH_TABLE: Table<ForecastsBody> = {
  fileName: 'forecasts',
  columns: [...TABLE.columns, 'error'],
  rowsOf: ({ forecasts, errors }) => [
    ...forecasts.flatMap((forecast) => TABLE.rowsOf(forecast)),
    ...errors.map(({ store_nbr, family, code, detail }) => ({
      ...{ store_nbr, family, error: `${code}: ${detail}` },
    })),
  ],
};

const route = createRoute({
  method: 'get',
  path: '/v1/forecasts',
  tags: ['forecasts'],
  operationId: 'getForecast',
  summary: 'Forecast of one series',
  description:
    `Demand of a family in a store, in units, on each of the ${HORIZON} days after the last finished day, and on the days up to ` +
    'it together: mean, median and the 80 % interval, with the planned promotions. A family that the store does not sell yet is forecast by what ' +
    'others sell of it, with wide intervals: `source` is `peers`. On days on which the store is expected to be shut it is 0, and `closed` says why. ' +
    'Where this build cannot load the model in service, the forecasts that were made with it in the last training run answer, and `stale` says so.',
  request: { query: forecastQuerySchema },
  responses: {
    200: tableContent(forecastBodySchema, 'The forecast.', TABLE),
    ...notModifiedResponse,
    ...problemResponses(
      'invalid-parameter',
      'unknown-store',
      'unknown-family',
      'unknown-series',
      'no-model',
      'model-mismatch',
      'not-ready',
      'store-unavailable',
    ),
  },
});

export const forecasts = (context: ApiContext) =>
  defineOperation(route, async (c) => {
    const { store_nbr, family, horizon, format: asked } = c.req.valid('query');
    const format = formatOf(c, asked);
    await context.requireCatalog();
    // One publication for the whole request, whatever goes into service meanwhile.
    const served = await context.served();
    const catalog = await context.requireCatalog(served.dataset);
    const series = lookUp(served, catalog.value, store_nbr, family);
    const closed = await context.series.read(series);
    const planned = await plannedOf(served, series, closed);
    const parts =
      served.kind === 'batch'
        ? ['stale', served.forecasts.modelVersion, served.forecasts.origin]
        : [served.manifest.version];
    const { watermark } = closed.position;
    const key = seriesKey(store_nbr, family);
    const etag = entityTag(
      ...[...parts, watermark, key, catalog.etag, planned.etag],
      ...tagOf(horizon, format),
    );
    if (isNotModified(c, etag, 'public, max-age=15')) return notModified(c);
    const forecast = await forecastOf(context, { served, catalog }, { series, closed, planned }, horizon);
    return sendTable(c, format, forecast, TABLE);
  });

/** Series of one request at most. */
const MAX_ASKED_SERIES = 500;

const askedForecastsSchema = z
  .strictObject({
    series: z
      .array(z.strictObject({ store_nbr: givenStoreNbrSchema, family: familySchema }))
      .min(1)
      .max(MAX_ASKED_SERIES)
      .meta({ description: 'The series to forecast.' }),
    horizon: z.int().min(1).max(HORIZON).default(HORIZON).meta({ description: 'How many days to forecast.' }),
  })
  .meta({
    id: 'AskedForecasts',
    example: {
      series: [
        { store_nbr: '44', family: 'GROCERY I' },
        { store_nbr: '44', family: 'DAIRY' },
      ],
      horizon: 7,
    },
  });

/** Far more than the names of so many series need. */
const MAX_BATCH_BYTES = 512 * 1024;

const batchRoute = createRoute({
  method: 'post',
  path: '/v1/forecasts/batch',
  tags: ['forecasts'],
  operationId: 'getForecasts',
  middleware: requireJson(MAX_BATCH_BYTES),
  summary: `Forecasts of up to ${MAX_ASKED_SERIES} series`,
  description:
    `The forecasts of \`GET /v1/forecasts\` for up to ${MAX_ASKED_SERIES} series at once, all from the same publication. A series that cannot be ` +
    "forecast is among the `errors` and holds up no other. A forecast takes about half a millisecond of CPU: on Cloudflare's free " +
    'plan, with 10 ms a request, ask for one store at a time.',
  request: {
    query: z.strictObject(formatParameter),
    body: { required: true, content: { 'application/json': { schema: askedForecastsSchema } } },
  },
  responses: {
    200: tableContent(forecastsBodySchema, 'The forecasts, and the errors.', BATCH_TABLE),
    ...problemResponses(
      'invalid-parameter',
      'invalid-body',
      'payload-too-large',
      'unsupported-media-type',
      'no-model',
      'model-mismatch',
      'not-ready',
      'store-unavailable',
    ),
  },
});

export const batchForecasts = (context: ApiContext) =>
  defineOperation(batchRoute, async (c) => {
    const format = formatOf(c, c.req.valid('query').format);
    const { series: asked, horizon } = c.req.valid('json');
    await context.requireCatalog();
    const served = await context.served();
    const catalog = await context.requireCatalog(served.dataset);
    const forecasts: ForecastBody[] = [];
    const errors: ForecastError[] = [];
    const found: { readonly index: number; readonly series: ListedSeries }[] = [];
    const attempt = async <T>(index: number, work: () => T | Promise<T>): Promise<T | null> => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        errors.push({ index, ...at(asked, index), code: error.code, detail: error.message });
        return null;
      }
    };
    for (const [index, { store_nbr, family }] of asked.entries()) {
      const series = await attempt(index, () => lookUp(served, catalog.value, store_nbr, family));
      if (series) found.push({ index, series });
    }
    const readings = await context.series.readMany(found.map(({ series }) => series));
    for (const [place, { index, series }] of found.entries()) {
      const forecast = await attempt(index, async () => {
        const closed = at(readings, place);
        if (closed instanceof ApiProblem) throw closed;
        const planned = await plannedOf(served, series, closed);
        return forecastOf(context, { served, catalog }, { series, closed, planned }, horizon);
      });
      if (forecast) forecasts.push(forecast);
    }
    errors.sort((a, b) => a.index - b.index);
    c.header('Cache-Control', 'no-store');
    return sendTable(c, format, { forecasts, errors }, BATCH_TABLE);
  });

/** A series of a request with its store in the catalog. */
interface ListedSeries extends AskedSeries {
  readonly store: Store;
}

/**
 * A family that a store does not sell yet is forecast by its peers, if the model knows any.
 *
 * @throws {ApiProblem} `unknown-store`, `unknown-family` or `unknown-series`.
 */
function lookUp(served: Served, catalog: Catalog, storeNbr: string, family: string): ListedSeries {
  const hasPeers = served.kind !== 'batch' && served.manifest.peer_levels !== undefined;
  const store = (hasPeers ? requireStoreAndFamily : requireSeries)(catalog, storeNbr, family);
  const isListed = !hasPeers || catalog.series.includes(seriesKey(storeNbr, family));
  return { storeNbr, family, isListed, store };
}

const NOTHING_PLANNED: PlannedPromotions = { onpromotion: new Uint16Array(), etag: '' };

function plannedOf(
  { kind, dataset }: Served,
  { storeNbr, family }: ListedSeries,
  { position }: ClosedSeries,
): PlannedPromotions | Promise<PlannedPromotions> {
  // A stale forecast was made with the plan of its day.
  if (kind === 'batch') return NOTHING_PLANNED;
  return readPlannedPromotions(
    dataset,
    seriesKey(storeNbr, family),
    position.closedThrough + 1,
    PLANNED_DAYS,
  );
}

/** @throws {ApiProblem} `unknown-series` for one that is newer than the stale forecasts. */
async function forecastOf(
  context: ApiContext,
  { served, catalog }: { readonly served: Served; readonly catalog: CachedObject<Catalog> },
  {
    series: { storeNbr, family, store },
    closed: { reading, position },
    planned,
  }: { readonly series: ListedSeries; readonly closed: ClosedSeries; readonly planned: PlannedPromotions },
  horizon: number,
): Promise<ForecastBody> {
  const named = { store_nbr: storeNbr, family };
  const daysAhead = (points: readonly ForecastPoint[]) =>
    addHolidays(points.slice(0, horizon), catalog.value, store);
  if (served.kind === 'batch') {
    const { forecasts, degraded } = served;
    return {
      ...named,
      origin: forecasts.origin,
      model_version: forecasts.modelVersion,
      stale: degraded.reason,
      ...freshnessOf(position),
      points: daysAhead(await findPoints(served, storeNbr, family)),
    };
  }
  const origin = position.closedThrough;
  const { manifest, forest } = served;
  const { version } = manifest;
  const sales = { firstDay: toDayNumber(reading.firstDate), milliUnits: reading.milliUnits };
  const points = forecastSeries({
    series: { storeNbr, family },
    reading,
    planned: planned.onpromotion,
    origin,
    covariates: context.covariates.get(catalog, manifest, origin).of({ storeNbr, family }),
    closed: context.closures.get(catalog).closedFrom(storeNbr, origin, PLANNED_DAYS, sales),
    model: modelOfFamily(manifest, forest, family),
  });
  context.implausible.note(seriesKey(storeNbr, family), version, points);
  return {
    ...named,
    origin: toIsoDate(origin),
    model_version: version,
    ...freshnessOf(position),
    points: daysAhead(points),
  };
}

/** The part of an entity tag that tells horizons and formats apart; nothing for the usual ones. */
function tagOf(horizon: number, format: TableFormat): readonly string[] {
  return [...(horizon === HORIZON ? [] : [String(horizon)]), ...(format === 'csv' ? ['csv'] : [])];
}

/** @throws {ApiProblem} for a series that is newer than the forecasts */
async function findPoints(
  { forecasts }: ServedBatch,
  storeNbr: string,
  family: string,
): Promise<ForecastPoint[]> {
  const points = await forecasts.find({ storeNbr, family });
  if (points) return points.map((point) => ({ ...point, cumulative: null }));
  throw new ApiProblem(
    'unknown-series',
    `store ${storeNbr} had no ${family} when the forecasts of ${forecasts.origin} were made, and no model can be loaded now`,
  );
}

/** Names the holidays and events of each day at the store's place. */
function addHolidays(points: readonly ForecastPoint[], catalog: Catalog, store: Store): ForecastPoint[] {
  const dates = new Set(points.map(({ date }) => date));
  const holidaysAhead = catalog.holidays.filter(({ date }) => dates.has(date));
  return points.map((point) => {
    const holidays = holidayNamesOn(holidaysAhead, point.date, store);
    return { ...point, ...(holidays.length > 0 && { holidays }) };
  });
}
