import { isoWeekday } from '../../shared/calendar/day-number.ts';
import type { Random } from '../../workers/trainer/data/synthetic/random.ts';
import { type DrawnPanel, type DrawnSeries, whole } from './random-panel.ts';

/** An event of a retailer or damage to its files: changes the panel in place and returns a description. */
export type Disturbance = (panel: DrawnPanel, random: Random) => string;

/** Rows are left out or zeros are written, as retailers do either. */
const silence = (random: Random): 0 | null => (random.uniform() < 0.5 ? 0 : null);

const pick = <T>(random: Random, values: readonly T[]): T => {
  const value = values[whole(random, values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
};

const storeOf = (panel: DrawnPanel, random: Random): DrawnSeries[] => {
  const { store_nbr } = pick(random, panel.stores);
  return panel.series.filter(({ storeNbr }) => storeNbr === store_nbr);
};

function fill(series: readonly DrawnSeries[], from: number, to: number, value: 0 | null): void {
  for (const { units } of series) {
    for (let d = Math.max(0, from); d < Math.min(to, units.length); d++) units[d] = value;
  }
}

const nameOf = ({ storeNbr, family }: DrawnSeries): string => `${storeNbr}:${family}`;

/** By name; a panel gets some of them, one after the other. */
export const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  gaps({ series }, random) {
    const share = 0.02 + 0.2 * random.uniform();
    for (const { units } of series) {
      for (let d = 0; d < units.length; d++) if (random.uniform() < share) units[d] = null;
    }
    return `${Math.round(100 * share)} % of the rows lost`;
  },
  lostDays({ series, dayCount }, random) {
    const count = 1 + whole(random, 3);
    const from = whole(random, dayCount - count);
    fill(series, from, from + count, null);
    return `days ${from}..${from + count - 1} lost everywhere`;
  },
  renamedFamily(panel, random) {
    const { family } = pick(random, panel.series);
    const from = panel.dayCount - 2 - whole(random, 40);
    const renamed = panel.series.filter((series) => series.family === family);
    for (const series of renamed) {
      const after = {
        ...series,
        family: `NEW ${family}`,
        units: [...series.units],
        promoted: [...series.promoted],
      };
      fill([after], 0, from, null);
      fill([series], from, panel.dayCount, null);
      panel.series.push(after);
    }
    return `${family} renamed on day ${from}`;
  },
  storeOpening(panel, random) {
    const series = storeOf(panel, random);
    const from = panel.dayCount - 2 - whole(random, 50);
    fill(series, 0, from, null);
    return `store ${series[0]?.storeNbr} opens on day ${from}`;
  },
  closure(panel, random) {
    const series = storeOf(panel, random);
    const days = 2 + whole(random, 28);
    const from = panel.dayCount - days - 1 - whole(random, Math.min(60, panel.dayCount - days - 1));
    const value = silence(random);
    fill(series, from, from + days, value);
    return `store ${series[0]?.storeNbr} closed on days ${from}..${from + days - 1}, ${value === 0 ? 'zeros' : 'no rows'}`;
  },
  finalClosing(panel, random) {
    const series = storeOf(panel, random);
    const from = panel.dayCount - 1 - whole(random, 30);
    const value = silence(random);
    fill(series, from, panel.dayCount, value);
    return `store ${series[0]?.storeNbr} closes for good on day ${from}, ${value === 0 ? 'zeros' : 'no rows'}`;
  },
  lateStart(panel, random) {
    const series = pick(random, panel.series);
    const from = panel.dayCount - 1 - whole(random, 60);
    fill([series], 0, from, null);
    return `${nameOf(series)} starts on day ${from}`;
  },
  lostTailOfSeries(panel, random) {
    const lost = panel.series.filter(() => random.uniform() < 0.2);
    const days = 1 + whole(random, 5);
    fill(lost, panel.dayCount - days, panel.dayCount, null);
    return `${lost.length} series lack their last ${days} days`;
  },
  lostTailOfStore(panel, random) {
    const series = storeOf(panel, random);
    const days = 1 + whole(random, 5);
    fill(series, panel.dayCount - days, panel.dayCount, null);
    return `store ${series[0]?.storeNbr} lacks its last ${days} days`;
  },
  outliers({ series }, random) {
    const factor = pick(random, [0, 10, 40]);
    const share = 0.002 + 0.01 * random.uniform();
    for (const { units } of series) {
      for (let d = 0; d < units.length; d++) {
        const value = units[d];
        if (typeof value === 'number' && random.uniform() < share) units[d] = Math.round(value * factor);
      }
    }
    return `some days sell ${factor} times as much`;
  },
  weeklyDayOff(panel, random) {
    const weekday = 1 + whole(random, 7);
    const series = random.uniform() < 0.5 ? panel.series : storeOf(panel, random);
    const value = silence(random);
    for (let d = 0; d < panel.dayCount; d++) {
      if (isoWeekday(panel.firstDay + d) === weekday) fill(series, d, d + 1, value);
    }
    return `${series.length} series take weekday ${weekday} off, ${value === 0 ? 'zeros' : 'no rows'}`;
  },
  tillRows({ series }) {
    for (const { units } of series) {
      for (let d = 0; d < units.length; d++) if (units[d] === 0) units[d] = null;
    }
    return 'rows only for what was sold';
  },
  returnsLeftOut({ series }, random) {
    for (const { units } of series) {
      for (let d = 0; d < units.length; d++) {
        const value = units[d];
        if (typeof value === 'number' && value <= 2 && random.uniform() < 0.1) units[d] = null;
      }
    }
    return 'days of more returns than sales left out';
  },
  decliningFamily(panel, random) {
    const { family } = pick(random, panel.series);
    const from = panel.dayCount - 1 - whole(random, 20);
    fill(
      panel.series.filter((series) => series.family === family),
      from,
      panel.dayCount,
      0,
    );
    return `${family} sells nothing from day ${from} on`;
  },
};
