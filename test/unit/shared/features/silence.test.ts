import { describe, expect, it } from 'vitest';
import { forgetStockOuts } from '../../../../shared/features/silence.ts';

/** Demand by characters, most recent day first: a digit, or . for an unknown day. */
function forgotten(days: string, hasSoldBefore = false): string {
  const demand = Float64Array.from(days, (day) => (day === '.' ? Number.NaN : Number(day)));
  forgetStockOuts(demand, () => hasSoldBefore);
  return [...demand].map((log) => (Number.isNaN(log) ? '.' : String(log))).join('');
}

describe('a stock-out', () => {
  it.each([
    ['between sales is forgotten', '33000003334333333', '33.....3334333333'],
    ['is forgotten with the unknown days in it', '30.0.00033333333', '3.......33333333'],
    ['does not hide another zero', '330000033303333333', '33.....33303333333'],
    ['that goes on is left', '00000033334333333', '00000033334333333'],
    ['before a launch four weeks ago is left', `${'3'.repeat(28)}000000`, `${'3'.repeat(28)}000000`],
    [
      'before a launch of the last four weeks is forgotten',
      `${'3'.repeat(27)}000000`,
      `${'3'.repeat(27)}......`,
    ],
    ['before a launch three days ago is forgotten', '3330000000', '333.......'],
    ['before two days with sales is left', '33000000000000', '33000000000000'],
    ['before the first sales of a slow seller is left', '30030003000000', '30030003000000'],
    ['that may be chance is left', '300030010003003000', '300030010003003000'],
    ['of which there have been some is left', '3300003333000333333', '3300003333000333333'],
    ['of a series with too few other days is left', '33000000333', '33000000333'],
    ['of a series without sales is none', '0000000000', '0000000000'],
    ['of a series without zeros is none', '3.33333333', '3.33333333'],
  ])('%s', (_, days, expected) => {
    expect(forgotten(days)).toBe(expected);
  });

  it('that began before these days is forgotten', () => {
    expect(forgotten('33334333300000000', true)).toBe('333343333........');
  });
});
