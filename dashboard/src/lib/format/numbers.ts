/** Formats of every number on the page, in the page's language. */
const LOCALE = 'en';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const signedWhole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0, signDisplay: 'exceptZero' });
const signedPercent = new Intl.NumberFormat(LOCALE, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const percent = new Intl.NumberFormat(LOCALE, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const score = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 4, maximumFractionDigits: 4 });

/** Placeholder for an unknown number. */
export const NO_VALUE = '–';

type Maybe = number | null | undefined;

function written(value: Maybe, write: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NO_VALUE : write(value);
}

/** Units sold or forecast: whole from 10 on, else with enough decimals to distinguish days of a slow seller. */
export function formatUnits(value: Maybe): string {
  return written(value, (units) => {
    const size = Math.abs(units);
    if (size >= 9.95 || Number.isInteger(units)) return whole.format(units);
    return size >= 0.995 ? tenths.format(units) : hundredths.format(units);
  });
}

/** A number that counts things, e.g. entries of a queue. */
export function formatCount(value: Maybe): string {
  return written(value, whole.format);
}

/** For axes, where room is short: 12,500 is `12.5K`. */
export function formatCompact(value: Maybe): string {
  return written(value, compact.format);
}

/** Intl uses a hyphen, which is shorter than the plus sign. */
const withMinus = (text: string): string => text.replace('-', '\u2212');

/** With its sign, for differences. */
export function formatDifference(value: Maybe): string {
  return written(value, (difference) => withMinus(signedWhole.format(difference)));
}

/** @param ratio 0.051 is `5.1%`. */
export function formatPercent(ratio: Maybe): string {
  return written(ratio, percent.format);
}

/** With its sign, for relative changes. */
export function formatChange(ratio: Maybe): string {
  return written(ratio, (change) => withMinus(signedPercent.format(change)));
}

/** An error score such as RMSLE, where the fourth decimal still matters. */
export function formatScore(value: Maybe): string {
  return written(value, score.format);
}

/** A count with its noun, `1 entry`, `2 entries`. */
export function formatQuantity(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
