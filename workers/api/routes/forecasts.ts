import { createRoute, z } from '@hono/zod-openapi';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { holidayNamesOn } from '../../../shared/features/holiday-calendar.ts';
import { HORIZON, PLANNED_DAYS } from '../../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../../shared/forecast/forecast-series.ts';
import {
  type ForecastBody,
  type ForecastPoint,
  forecastBodySchema,
} from '../../../shared/schemas/api/forecast.ts';
import {
  formatParameter,
  optionalIntegerParameter,
  seriesParameters,
  type TableFormat,
} from '../../../shared/schemas/api/parameters.ts';
import type { Catalog, Store } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import {
  defineOperation,
  entityTag,
  isNotModified,
  notModified,
  notModifiedResponse,
  problemResponses,
} from '../openapi/operation.ts';
import { formatOf, sendTable, type Table, tableContent } from '../openapi/table.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';
import { readPlannedPromotions } from '../queries/promotion-plans.ts';
import type { ServedBatch } from '../queries/publication-cache.ts';
import { requireSeries, requireStoreAndFamily } from '../queries/require-series.ts';
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
    const { dataset } = served;
    const catalog = await context.requireCatalog(dataset);
    // A family that the store does not sell yet is forecast by its peers, if the model knows any.
    const hasPeers = served.kind !== 'batch' && served.manifest.peer_levels !== undefined;
    const store = (hasPeers ? requireStoreAndFamily : requireSeries)(catalog.value, store_nbr, family);
    const key = seriesKey(store_nbr, family);
    const daysAhead = (points: readonly ForecastPoint[]) =>
      addHolidays(points.slice(0, horizon), catalog.value, store);
    const isUnlisted = hasPeers && !catalog.value.series.includes(key);
    const read = isUnlisted ? context.series.readUnlisted : context.series.read;
    const { reading, position } = await read(store_nbr, family);

    if (served.kind === 'batch') {
      const { forecasts, degraded } = served;
      const parts = [
        'stale',
        forecasts.modelVersion,
        forecasts.origin,
        position.watermark,
        key,
        catalog.etag,
      ];
      const tag = entityTag(...parts, ...tagOf(horizon, format));
      if (isNotModified(c, tag, 'public, max-age=15')) return notModified(c);
      const body = {
        store_nbr,
        family,
        origin: forecasts.origin,
        model_version: forecasts.modelVersion,
        stale: degraded.reason,
        ...freshnessOf(position),
        points: daysAhead(await findPoints(served, store_nbr, family)),
      };
      return sendTable(c, format, body, TABLE);
    }

    const origin = position.closedThrough;
    const planned = await readPlannedPromotions(dataset, key, origin + 1, PLANNED_DAYS);
    const { manifest, forest } = served;
    const { version } = manifest;
    const etag = entityTag(
      ...[version, position.watermark, key, catalog.etag, planned.etag],
      ...tagOf(horizon, format),
    );
    if (isNotModified(c, etag, 'public, max-age=15')) return notModified(c);
    const sales = { firstDay: toDayNumber(reading.firstDate), milliUnits: reading.milliUnits };
    const points = forecastSeries({
      series: { storeNbr: store_nbr, family },
      reading,
      planned: planned.onpromotion,
      origin,
      covariates: context.covariates.get(catalog, manifest, origin).of({ storeNbr: store_nbr, family }),
      closed: context.closures.get(catalog).closedFrom(store_nbr, origin, PLANNED_DAYS, sales),
      model: modelOfFamily(manifest, forest, family),
    });
    context.implausible.note(key, version, points);
    const body = {
      store_nbr,
      family,
      origin: toIsoDate(origin),
      model_version: version,
      ...freshnessOf(position),
      points: daysAhead(points),
    };
    return sendTable(c, format, body, TABLE);
  });

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
