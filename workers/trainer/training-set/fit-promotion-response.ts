import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { knotWeights, logSensitivity } from '../../../shared/forecast/promotion-response.ts';
import type { PromotionResponse } from '../../../shared/schemas/manifest.ts';
import type { PanelSeries } from './panel-series.ts';

/** Numbers of promoted items at which the effect is learned. */
const KNOTS = [1, 3, 10, 30, 100] as const;
const DAYS_PER_WEEK = 7;
const WEEKS = 4;
/** A day further than this from its fellows, in log space, says nothing of promotions. */
const FAR_OFF = 1.5;
/** How far one family's effect may be expected to lie from that of all families, and that from none, in log space. */
const SPREAD = 0.2;
/** Days up to the last one that are learned from. */
const DAYS = 3 * 364;
const MOST_ITEMS = 1000;

/** The last days, which the response has to have foreseen. */
const HELD_DAYS = 182;
/** So much of the foreseen effect at least has to be seen on them for all of it to count. */
const BORNE_OUT = 0.5;
/**
 * Fewest series of a family that its response is learned from: a campaign runs in all stores at once, and of four or five
 * stores whatever else went on in those weeks passes for its effect. On the 19 real series the response was worth nothing.
 */
const MIN_SERIES = 8;
/** Rounds in which effects and days are told apart. */
const ROUNDS = 4;
const SIZE = KNOTS.length;

/** The sums of one family's least-squares fit. */
interface NormalSums {
  /** sum of x x', row by row. */
  readonly xx: Float64Array;
  /** sum of x y */
  readonly xy: Float64Array;
  yy: number;
  count: number;
  /** Number of rows, sum of y and sum of x (`SIZE` each) by day. */
  readonly dayCount: Float64Array;
  readonly dayY: Float64Array;
  readonly dayX: Float64Array;
}

/**
 * Learns what promotions are worth to each family from the days up to `lastDay`: each day is compared with the mean of
 * its four same weekdays before, in log1p(units) and in promotions, so that neither the weekday nor the level of the
 * series matters, and with what the other families did on that day beyond their own promotions, so that a campaign
 * before Christmas or on payday does not get the credit for either.
 *
 * Least squares by family, drawn to the response of all families together where a family has few promoted days (a ridge
 * about the pooled estimate, which is the mode under a normal prior). A tree finds such effects one family at a time, from
 * what little loss each of them is worth, and mixes them up; moving the anchor by them leaves it the rest.
 *
 * @returns null when nothing was ever promoted, or no family has series enough
 */
export function fitPromotionResponse(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
): PromotionResponse | null {
  const weights = Array.from({ length: MOST_ITEMS + 1 }, (_, items) => knotWeights(KNOTS, items));
  const byFamily = new Map<string, { readonly before: NormalSums; readonly held: NormalSums }>();
  const sizes = new Map<string, number>();
  for (const { family } of series) sizes.set(family, (sizes.get(family) ?? 0) + 1);
  for (const member of series) {
    if ((sizes.get(member.family) ?? 0) < MIN_SERIES) continue;
    const sums = byFamily.get(member.family) ?? { before: emptySums(), held: emptySums() };
    byFamily.set(member.family, sums);
    addSeries(sums, member, lastDay, weights);
  }
  const families = [...byFamily.keys()];
  const before = [...byFamily.values()].map((sums) => sums.before);
  const held = [...byFamily.values()].map((sums) => sums.held);
  const all = before.map((sums, f) => addSums(sums, held[f] as NormalSums));
  if (all.every(({ xx }) => xx.every((value) => value === 0))) return null;
  const shares = foreseenShares(fitEffects(before), held);
  const effects = fitEffects(all).map((own, f) => {
    const weights = own.map((_, i) => all[f]?.xx[i * SIZE + i] ?? 0);
    return ascending(own, weights).map((value) => (shares[f] as number) * Math.max(0, value));
  });
  return {
    items: [...KNOTS],
    families: Object.fromEntries(families.map((family, f) => [family, effects[f] as number[]])),
  };
}

/** The effects of each family at the knots. */
function fitEffects(sums: readonly NormalSums[]): number[][] {
  let effects = sums.map(() => KNOTS.map(() => 0));
  for (let round = 0; round < ROUNDS; round++) {
    const right = sums.map((own, f) => withoutDays(own, dayEffects(sums, effects, f)));
    const pooled = solve(addUp(sums.map(({ xx }) => xx)), addUp(right), spreadOf(sums), []);
    effects = sums.map((own, f) => solve(own.xx, right[f] as Float64Array, spreadOf([own]), pooled));
  }
  return effects;
}

/**
 * Which share of the effects of each family the held days bear out, by the slope of what they did over what was foreseen.
 * Where few stores have few promotions, effects come out of chance and of whatever else went on in those weeks; such
 * effects do not come back.
 */
function foreseenShares(effects: readonly (readonly number[])[], held: readonly NormalSums[]): number[] {
  return held.map((own, f) => {
    const right = withoutDays(own, dayEffects(held, effects, f));
    const effect = effects[f] as readonly number[];
    let foreseen = 0;
    let borneOut = 0;
    for (let i = 0; i < SIZE; i++) {
      borneOut += (effect[i] as number) * (right[i] as number);
      for (let j = 0; j < SIZE; j++) {
        foreseen += (effect[i] as number) * (own.xx[i * SIZE + j] as number) * (effect[j] as number);
      }
    }
    return foreseen > 0 ? Math.min(1, Math.max(0, borneOut / foreseen / BORNE_OUT)) : 1;
  });
}

/**
 * The closest values that never fall, in weighted squares: more items on promotion do not sell less. By pooling adjacent
 * violators (Ayer et al. 1955, "An Empirical Distribution Function for Sampling with Incomplete Information").
 */
function ascending(values: readonly number[], weights: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; count: number }[] = [];
  values.forEach((value, i) => {
    // Without any weight a value would have no say; a trace keeps it in its place.
    const weight = (weights[i] as number) + 1e-9;
    let block = { sum: value * weight, weight, count: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.weight > block.sum / block.weight;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = {
        sum: block.sum + last.sum,
        weight: block.weight + last.weight,
        count: block.count + last.count,
      };
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ sum, weight, count }) => Array<number>(count).fill(sum / weight));
}

function addSums(left: NormalSums, right: NormalSums): NormalSums {
  const both = (of: (sums: NormalSums) => Float64Array) => addUp([of(left), of(right)]);
  return {
    xx: both(({ xx }) => xx),
    xy: both(({ xy }) => xy),
    yy: left.yy + right.yy,
    count: left.count + right.count,
    dayCount: both(({ dayCount }) => dayCount),
    dayY: both(({ dayY }) => dayY),
    dayX: both(({ dayX }) => dayX),
  };
}

function emptySums(): NormalSums {
  return {
    xx: new Float64Array(SIZE ** 2),
    xy: new Float64Array(SIZE),
    yy: 0,
    count: 0,
    dayCount: new Float64Array(DAYS),
    dayY: new Float64Array(DAYS),
    dayX: new Float64Array(DAYS * SIZE),
  };
}

function addSeries(
  { before, held }: { readonly before: NormalSums; readonly held: NormalSums },
  { history, closedDays }: PanelSeries,
  lastDay: DayNumber,
  weights: readonly (readonly number[])[],
): void {
  const { milliUnits, onpromotion, firstDay } = history;
  const first = lastDay - firstDay - DAYS + 1;
  const demandAt = (d: number) => {
    const units = milliUnits[d] ?? -1;
    return units < 0 || closedDays[d] === 1 ? Number.NaN : Math.log1p(units / 1000);
  };
  const demand = Float64Array.from({ length: DAYS }, (_, i) => demandAt(first + i));
  const x = new Float64Array(SIZE);
  const addItems = (d: number, share: number) => {
    const items = onpromotion[d] ?? 0;
    if (items === 0) return;
    const row = weights[Math.min(MOST_ITEMS, items)] as readonly number[];
    for (let i = 0; i < SIZE; i++) x[i] = (x[i] as number) + share * (row[i] as number);
  };
  for (let i = WEEKS * DAYS_PER_WEEK; i < DAYS; i++) {
    let usual = 0;
    for (let week = 1; week <= WEEKS; week++) usual += demand[i - week * DAYS_PER_WEEK] as number;
    const y = (demand[i] as number) - usual / WEEKS;
    // An unknown day among the five tells nothing, nor does a series that does not sell.
    if (!(Math.abs(y) <= FAR_OFF) || (usual === 0 && demand[i] === 0)) continue;
    const sensitivity = logSensitivity(usual / WEEKS);
    x.fill(0);
    addItems(first + i, sensitivity);
    for (let week = 1; week <= WEEKS; week++) {
      addItems(first + i - week * DAYS_PER_WEEK, -sensitivity / WEEKS);
    }
    addRow(i < DAYS - HELD_DAYS ? before : held, i, x, y);
  }
}

function addRow(sums: NormalSums, day: number, x: Float64Array, y: number): void {
  const { xx, xy, dayCount, dayX, dayY } = sums;
  sums.count++;
  sums.yy += y * y;
  add(dayCount, day, 1);
  add(dayY, day, y);
  for (let i = 0; i < SIZE; i++) {
    const value = x[i] as number;
    if (value === 0) continue;
    add(xy, i, value * y);
    add(dayX, day * SIZE + i, value);
    for (let j = 0; j < SIZE; j++) add(xx, i * SIZE + j, value * (x[j] as number));
  }
}

function add(column: Float64Array, at: number, value: number): void {
  column[at] = (column[at] as number) + value;
}

/** What the other families did on each day beyond what their promotions explain; 0 where there are no others. */
function dayEffects(
  sums: readonly NormalSums[],
  effects: readonly (readonly number[])[],
  family: number,
): Float64Array {
  const total = new Float64Array(DAYS);
  const count = new Float64Array(DAYS);
  sums.forEach(({ dayCount, dayX, dayY }, f) => {
    if (f === family) return;
    const own = effects[f] as readonly number[];
    for (let day = 0; day < DAYS; day++) {
      let unexplained = dayY[day] as number;
      for (let i = 0; i < SIZE; i++) unexplained -= (own[i] as number) * (dayX[day * SIZE + i] as number);
      add(total, day, unexplained);
      add(count, day, dayCount[day] as number);
    }
  });
  return total.map((value, day) => ((count[day] as number) > 0 ? value / (count[day] as number) : 0));
}

/** sum of x (y - effect of the day) */
function withoutDays({ xy, dayX }: NormalSums, days: Float64Array): Float64Array {
  return xy.map((value, i) =>
    days.reduce((sum, effect, day) => sum - effect * (dayX[day * SIZE + i] as number), value),
  );
}

function spreadOf(sums: readonly NormalSums[]): { readonly yy: number; readonly count: number } {
  return {
    yy: sums.reduce((sum, { yy }) => sum + yy, 0),
    count: sums.reduce((sum, { count }) => sum + count, 0),
  };
}

function addUp(columns: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(columns[0]?.length ?? 0);
  for (const column of columns) {
    column.forEach((value, i) => {
      add(total, i, value);
    });
  }
  return total;
}

/**
 * argmin over b of sum (y - x'b)^2 / variance(y) + |b - prior|^2 / SPREAD^2, by Cholesky's decomposition.
 *
 * @param prior all zero where it is empty
 */
function solve(
  xx: Float64Array,
  xy: Float64Array,
  { yy, count }: { readonly yy: number; readonly count: number },
  prior: readonly number[],
): number[] {
  const before = KNOTS.map((_, i) => prior[i] ?? 0);
  if (!(yy > 0)) return before;
  const ridge = yy / count / SPREAD ** 2;
  const lower = new Float64Array(SIZE * SIZE);
  const at = (i: number, j: number) => lower[i * SIZE + j] as number;
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (xx[i * SIZE + j] as number) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      lower[i * SIZE + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const solved = before.map((value, i) => (xy[i] as number) + ridge * value);
  for (let i = 0; i < SIZE; i++) {
    for (let k = 0; k < i; k++) solved[i] = (solved[i] as number) - at(i, k) * (solved[k] as number);
    solved[i] = (solved[i] as number) / at(i, i);
  }
  for (let i = SIZE - 1; i >= 0; i--) {
    for (let k = i + 1; k < SIZE; k++) solved[i] = (solved[i] as number) - at(k, i) * (solved[k] as number);
    solved[i] = (solved[i] as number) / at(i, i);
  }
  return solved;
}
