import { describe, expect, it } from 'vitest';
import { at } from '../../../../../../shared/at.ts';
import { HORIZON } from '../../../../../../shared/features/index.ts';
import { CLASSICAL_DEFAULTS } from '../../../../../../shared/forecast/classical/classical-forecast.ts';
import { fitClassical } from '../../../../../../workers/trainer/model/classical/fit-classical.ts';
import type { PanelSeries } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';

const DAYS = 240;
const LAST_DAY = DAYS - 1;
const nothing = { promotionResponse: null, peers: null };

/** @param draw of log1p(units), day by day, given a random number generator */
function panelOf(count: number, draw: (random: () => number) => readonly number[]): PanelSeries[] {
  return Array.from({ length: count }, (_, s) => ({
    ...{ storeNbr: String(s), family: 'BREAD' },
    history: {
      firstDay: 0,
      milliUnits: Int32Array.from(draw(sequence(s + 1)), (log) => Math.round(1000 * Math.expm1(log))),
      onpromotion: new Uint16Array(DAYS + HORIZON),
      tickets: new Int32Array(DAYS).fill(-1),
    },
    covariates: {
      ...{ fromDay: 0, toDay: -1, calendar: new Float32Array(), sameDates: new Uint16Array() },
      ...{ holidays: new Float32Array(), oil: new Float32Array(), statics: new Float32Array() },
    },
    closedDays: new Uint8Array(DAYS),
    closedAsOf: () => new Array<null>(HORIZON + 1).fill(null),
  }));
}

/** A level that is always the same, with noise. */
const steady = (random: () => number) => Array.from({ length: DAYS }, () => 3 + random());
/** A level that every day changes. */
const wandering = (random: () => number) => {
  let log = 5;
  return Array.from({ length: DAYS }, () => {
    log = Math.max(1, log + 0.4 * (random() - 0.5));
    return log;
  });
};

describe('the parameters of the classical forecasters', () => {
  it('follow a level that changes sooner than one that does not', () => {
    const [even, moving] = [steady, wandering].map((draw) =>
      fitClassical(panelOf(60, draw), LAST_DAY, nothing),
    );
    for (const name of ['exponential_smoothing', 'damped_trend'] as const) {
      expect(even?.[name].alpha).toBeLessThan(CLASSICAL_DEFAULTS[name].alpha);
      expect(moving?.[name].alpha).toBeGreaterThan(CLASSICAL_DEFAULTS[name].alpha);
    }
    expect(even?.tsb.alpha_size).toBeLessThan(moving?.tsb.alpha_size as number);
  });

  it('stay near the defaults where there are few series', () => {
    const distance = (count: number) => {
      const { alpha } = fitClassical(panelOf(count, wandering), LAST_DAY, nothing).exponential_smoothing;
      return Math.log(alpha / CLASSICAL_DEFAULTS.exponential_smoothing.alpha);
    };
    expect(distance(2)).toBeGreaterThan(0);
    expect(distance(2)).toBeLessThan(0.15 * distance(60));
  });

  it('are the defaults where nothing can be compared', () => {
    const unknown = panelOf(3, () => new Array<number>(DAYS).fill(0)).map((member) => {
      member.history.milliUnits.fill(-1);
      return member;
    });
    const close = (left: object, right: object) => {
      const values = Object.values(left) as number[];
      Object.values(right).forEach((value, i) => {
        expect(at(values, i) / Number(value)).toBeCloseTo(1, 9);
      });
    };
    for (const panel of [[], unknown]) {
      const { exponential_smoothing, damped_trend, tsb } = fitClassical(panel, LAST_DAY, nothing);
      close(exponential_smoothing, CLASSICAL_DEFAULTS.exponential_smoothing);
      close(damped_trend, CLASSICAL_DEFAULTS.damped_trend);
      close(tsb, CLASSICAL_DEFAULTS.tsb);
    }
  });

  it('read no day after the last, and none on which the store was closed', () => {
    const lastDay = LAST_DAY - 30;
    const panelWith = (edit: (member: PanelSeries) => void) => {
      const panel = panelOf(20, wandering);
      for (const member of panel) edit(member);
      return fitClassical(panel, lastDay, nothing);
    };
    const before = panelWith(() => undefined);
    const later = panelWith(({ history }) => history.milliUnits.fill(900_000, lastDay + 1));
    expect(later).toEqual(before);
    const sellsOn = (milliUnits: number, closed: number) =>
      panelWith(({ history, closedDays }) => {
        history.milliUnits.fill(milliUnits, lastDay - 9, lastDay + 1);
        closedDays.fill(closed, lastDay - 9, lastDay + 1);
      });
    expect(sellsOn(0, 1)).toEqual(sellsOn(-1, 0));
    expect(sellsOn(0, 0)).not.toEqual(sellsOn(-1, 0));
  });
});
