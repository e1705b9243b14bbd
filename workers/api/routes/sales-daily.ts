import { createRoute } from '@hono/zod-openapi';
import { at } from '../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { SeriesReading } from '../../../shared/sales-store/sales-store.ts';
import {
  type SalesDailyBody,
  salesDailyBodySchema,
  salesDailyQuerySchema,
} from '../../../shared/schemas/api/sales-daily.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { defineOperation, problemResponses } from '../openapi/operation.ts';
import { formatOf, sendTable, type Table, tableContent } from '../openapi/table.ts';
import type { ApiContext } from '../queries/context.ts';
import { requireSeries } from '../queries/require-series.ts';
import { freshnessOf } from '../queries/stream-position.ts';

const TABLE: Table<SalesDailyBody> = {
  fileName: 'sales-daily',
  columns: ['store_nbr', 'family', 'date', 'units', 'onpromotion', 'complete', 'as_of'],
  rowsOf: ({ store_nbr, family, as_of, points, today }) =>
    [...points.map((point) => ({ ...point, complete: true })), today].map((day) => ({
      ...{ store_nbr, family, as_of },
      ...day,
    })),
};

const route = createRoute({
  method: 'get',
  path: '/v1/sales/daily',
  tags: ['sales'],
  operationId: 'getDailySales',
  summary: 'Daily sales of one series',
  description: 'Finished days, oldest first, and separately the day in progress, which is not complete.',
  request: { query: salesDailyQuerySchema },
  responses: {
    200: tableContent(salesDailyBodySchema, 'Sales by day.', TABLE),
    ...problemResponses(
      'invalid-parameter',
      'unknown-store',
      'unknown-family',
      'unknown-series',
      'not-ready',
      'store-unavailable',
    ),
  },
});

export const salesDaily = ({ requireCatalog, series, store }: ApiContext) =>
  defineOperation(route, async (c) => {
    const { store_nbr, family, days, format: asked } = c.req.valid('query');
    const format = formatOf(c, asked);
    requireSeries((await requireCatalog()).value, store_nbr, family);
    const { reading, position } = await series.read({ storeNbr: store_nbr, family, isListed: true });

    const today = toIsoDate(position.businessDay);
    const key = seriesKey(store_nbr, family);
    const [[milliUnits], [onpromotion]] = await Promise.all([
      store.readField('sales_daily', [today], key),
      store.readField('onpromotion_daily', [today], key),
    ]);
    c.header('Cache-Control', 'public, max-age=5');
    const body = {
      store_nbr,
      family,
      ...freshnessOf(position),
      points: lastPoints(reading, days),
      today: {
        date: today,
        units: (milliUnits ?? 0) / 1000,
        onpromotion: onpromotion ?? 0,
        complete: false as const,
      },
    };
    return sendTable(c, format, body, TABLE);
  });

function lastPoints({ firstDate, milliUnits, onpromotion }: SeriesReading, days: number) {
  const firstDay = toDayNumber(firstDate);
  const from = Math.max(0, milliUnits.length - days);
  return Array.from(milliUnits.subarray(from), (value, offset) => ({
    date: toIsoDate(firstDay + from + offset),
    units: unitsOf(value),
    onpromotion: at(onpromotion, from + offset),
  }));
}

/** @returns units, or null for a day without a known value. */
export function unitsOf(milliUnits: number): number | null {
  return milliUnits === MISSING ? null : milliUnits / 1000;
}
