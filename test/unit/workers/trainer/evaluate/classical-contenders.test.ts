import { describe, expect, it } from 'vitest';
import { at } from '../../../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  HORIZON,
  historyFromReading,
  LOOKBACK_DAYS,
} from '../../../../../shared/features/index.ts';
import { classicalForecast } from '../../../../../shared/forecast/classical/classical-forecast.ts';
import { promotionEffectOf } from '../../../../../shared/forecast/promotion-response.ts';
import { CLASSICAL_NAMES } from '../../../../../shared/schemas/contender-names.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { classicalContenders } from '../../../../../workers/trainer/evaluate/classical-contenders.ts';
import { fitClassical } from '../../../../../workers/trainer/model/classical/fit-classical.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import { learnFirst } from '../../../../../workers/trainer/model/training-set/row-layout.ts';

const { dataset } = generateSyntheticDataset({ stores: 8, families: 4 });
/** Christmas and New Year follow, on which the stores are closed. */
const ORIGIN = toDayNumber('2016-12-20');
const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
const { promotionResponse, peers } = learnFirst(series, ORIGIN);
const parameters = fitClassical(series, ORIGIN, { promotionResponse, peers });
const contenders = classicalContenders(series);

describe('the classical contenders', () => {
  it('are those that are listed', () => {
    expect(contenders.map(({ name }) => name)).toEqual([...CLASSICAL_NAMES]);
  });

  it.each(CLASSICAL_NAMES)(
    '%s: a forecast from the days that serving reads has the same bits',
    async (name) => {
      const contender = contenders.find((one) => one.name === name);
      const scored = await contender?.forecast(ORIGIN, () => undefined);
      let [promoted, closed, forecast] = [0, 0, 0];
      series.forEach((member, s) => {
        const { history, family } = member;
        const end = ORIGIN + 1 - history.firstDay;
        const start = end - LOOKBACK_DAYS;
        const reading = {
          firstDate: toIsoDate(history.firstDay + start),
          milliUnits: history.milliUnits.slice(start, end),
          onpromotion: history.onpromotion.slice(start, end),
          tickets: history.tickets.slice(start, end),
        };
        const planned = history.onpromotion.slice(end, end + HORIZON + 1);
        const served = classicalForecast(
          name,
          {
            ...{
              series: member,
              origin: ORIGIN,
              peers,
              effect: promotionEffectOf(promotionResponse, family),
            },
            history: historyFromReading(reading, planned, member.closedAsOf(ORIGIN)),
          },
          parameters,
        );
        const own = <T extends Float64Array>(column: T) => column.slice(s * HORIZON, (s + 1) * HORIZON);
        expect(own(scored?.median ?? new Float64Array())).toEqual(served.median);
        expect(own(scored?.mean ?? new Float64Array())).toEqual(served.mean);
        promoted += planned.some((items) => items > 0) ? 1 : 0;
        closed += served.median.filter((units) => units === 0).length;
        forecast += at(served.median, 0);
      });
      expect(promoted).toBeGreaterThan(0);
      expect(closed).toBeGreaterThan(0);
      expect(forecast).toBeGreaterThan(0);
    },
  );

  it('know no sale after the origin of a window, and no closure that was not expected', async () => {
    const later = series.map((member) => {
      const { history } = member;
      const milliUnits = history.milliUnits.slice();
      milliUnits.fill(900_000, ORIGIN + 1 - history.firstDay);
      const closed = member.closedDays.slice();
      closed.fill(1, ORIGIN + 1 - history.firstDay);
      return { ...member, closedDays: closed, history: { ...history, milliUnits, closed } };
    });
    for (const [i, { forecast }] of classicalContenders(later).entries()) {
      expect(await forecast(ORIGIN, () => undefined)).toEqual(
        await at(contenders, i).forecast(ORIGIN, () => undefined),
      );
    }
  });
});
