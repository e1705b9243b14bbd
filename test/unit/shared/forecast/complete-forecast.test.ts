import { expect, it } from 'vitest';
import { HORIZON } from '../../../../shared/features/index.ts';
import { completeForecast, type ForecastBasis } from '../../../../shared/forecast/complete-forecast.ts';

/** Four weeks of hardly anything between weeks of 80 to 120 units a day. */
const SOLD = Array.from({ length: 60 }, (_, day) => (day >= 16 && day < 44 ? day % 3 : 80 + 5 * (day % 9)));

function basisOf(smoothingShare: number, items = 0): ForecastBasis {
  const onpromotion = new Uint16Array(SOLD.length + HORIZON + 1).fill(items, SOLD.length);
  return {
    series: { storeNbr: '1', family: 'FRUIT' },
    history: {
      firstDay: 0,
      milliUnits: Int32Array.from(SOLD, (units) => 1000 * units),
      onpromotion,
      tickets: new Int32Array(SOLD.length).fill(-1),
    },
    origin: SOLD.length - 1,
    covariates: {} as ForecastBasis['covariates'],
    effect: (promoted) => (promoted > 0 ? Math.log(1.5) : 0),
    peers: null,
    smoothingShare,
  };
}

const MOST = Math.max(...SOLD);
const LOGS = new Float64Array(HORIZON).fill(Math.log1p(100));

it('smoothing without trees expects no more than has ever been sold, times the effect of a promotion', () => {
  const { means, logForecasts } = completeForecast(basisOf(1), LOGS, false);
  means.forEach((mean, i) => {
    expect(mean).toBeLessThanOrEqual(MOST);
    expect(mean).toBeGreaterThanOrEqual(Math.expm1(logForecasts[i] ?? 0));
  });
  expect(Math.max(...completeForecast(basisOf(1, 2), LOGS, false).means)).toBeCloseTo(1.5 * MOST, 6);
  expect(Math.max(...completeForecast(basisOf(0.5), LOGS, false).means)).toBeGreaterThan(MOST);
});
