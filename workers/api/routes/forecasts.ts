import { createRoute } from '@hono/zod-openapi';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { holidayNamesOn } from '../../../shared/features/holiday-calendar.ts';
import { HORIZON, PLANNED_DAYS } from '../../../shared/features/index.ts';
import { forecastSeries } from '../../../shared/forecast/forecast-series.ts';
import { promotionEffectOf } from '../../../shared/forecast/promotion-response.ts';
import { forecastBodySchema } from '../../../shared/schemas/api/forecast.ts';
import { seriesQuerySchema } from '../../../shared/schemas/api/parameters.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import {
  defineOperation,
  entityTag,
  isNotModified,
  jsonContent,
  notModified,
  notModifiedResponse,
  problemResponses,
} from '../openapi/operation.ts';
import type { ApiContext } from '../queries/context.ts';
import { readPlannedPromotions } from '../queries/promotion-plans.ts';
import { requireSeries } from '../queries/require-series.ts';
import { freshnessOf } from '../queries/stream-position.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/forecasts',
  tags: ['forecasts'],
  summary: 'Forecast of one series',
  description:
    `Units that a store will sell of a family on each of the ${HORIZON} days after the last closed day, and on the days up to ` +
    'it together: mean, median and the 80 % interval, with the promotions that are planned. On days on which the store is foreseen to be shut it is 0, and `closed` says why.',
  request: { query: seriesQuerySchema },
  responses: {
    200: jsonContent(forecastBodySchema, 'The forecast.'),
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

export const forecasts = ({
  requireCatalog,
  series,
  models,
  plans,
  covariates,
  closures,
  absurd,
}: ApiContext) =>
  defineOperation(route, async (c) => {
    const { store_nbr, family } = c.req.valid('query');
    const catalog = await requireCatalog();
    const store = requireSeries(catalog.value, store_nbr, family);
    const [{ reading, position }] = await Promise.all([series.read(store_nbr, family), models.refresh()]);
    const key = seriesKey(store_nbr, family);
    const origin = position.closedThrough;
    const planned = await readPlannedPromotions(plans, key, origin + 1, PLANNED_DAYS);

    // No await from here on: the model may be replaced in every one.
    const { manifest, forest } = models.served();
    const { version } = manifest;
    const etag = entityTag(version, position.watermark, key, catalog.etag, planned.etag);
    if (isNotModified(c, etag, 'public, max-age=15')) return notModified(c);
    const sales = { firstDay: toDayNumber(reading.firstDate), milliUnits: reading.milliUnits };
    const points = forecastSeries({
      series: { storeNbr: store_nbr, family },
      reading,
      planned: planned.onpromotion,
      origin,
      covariates: covariates.get(catalog, manifest, origin).of({ storeNbr: store_nbr, family }),
      closed: closures.get(catalog).ahead(store_nbr, origin, PLANNED_DAYS, sales),
      model: {
        forest,
        conformal: manifest.conformal,
        promotionEffect: promotionEffectOf(manifest.promotion_response, family),
        peers: manifest.peer_levels ?? null,
      },
    });
    absurd.note(key, version, points);
    const dates = new Set(points.map(({ date }) => date));
    const holidaysAhead = catalog.value.holidays.filter(({ date }) => dates.has(date));
    return c.json(
      {
        store_nbr,
        family,
        origin: toIsoDate(origin),
        model_version: version,
        ...freshnessOf(position),
        points: points.map((point) => {
          const holidays = holidayNamesOn(holidaysAhead, point.date, store);
          return { ...point, ...(holidays.length > 0 && { holidays }) };
        }),
      },
      200,
    );
  });
