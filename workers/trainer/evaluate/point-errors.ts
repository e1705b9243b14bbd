/** The errors of a contender's forecasts of some points. A share or mean of nothing is NaN. */
export interface PointScores {
  /** sqrt(mean((log1p(median) - log1p(y))^2)) */
  readonly rmsle: number;
  /** sum |y - median| / sum |y| */
  readonly wape: number;
  /** mean(|y - median| / scale), over the points whose series has a scale. */
  readonly mase: number;
  /** mean(mean - y), in units. */
  readonly bias: number;
  /** sum mean / sum y */
  readonly mean_ratio: number;
  /** sum |Y - M| / sum Y of the sums of a series over the days of a window: Y its sales, M the sum of the means. */
  readonly sum_wape: number;
  readonly count: number;
}

/**
 * Accumulates the errors of forecasts, point by point, in the order of the points. Forecasts below zero count as
 * zero.
 */
export class PointErrors {
  #squaredLog = 0;
  #absolute = 0;
  #actual = 0;
  #means = 0;
  #scaled = 0;
  #scaledCount = 0;
  #count = 0;
  #sumErrors = 0;
  #sold = 0;
  #expected = 0;
  #sumOf = '';

  /** @param sumOf the sum to which the point belongs: its window and series */
  add(actual: number, median: number, mean: number, scale: number, sumOf: string): void {
    const yhat = Math.max(0, median);
    const logError = Math.log1p(yhat) - Math.log1p(actual);
    const error = yhat - actual;
    this.#squaredLog += logError * logError;
    this.#absolute += Math.abs(error);
    this.#actual += Math.abs(actual);
    this.#means += Math.max(0, mean);
    this.#count++;
    if (scale > 0) {
      this.#scaled += Math.abs(error) / scale;
      this.#scaledCount++;
    }
    if (sumOf !== this.#sumOf) {
      this.#closeSum();
      this.#sumOf = sumOf;
    }
    this.#sold += actual;
    this.#expected += Math.max(0, mean);
  }

  scores(): PointScores {
    this.#closeSum();
    const share = (value: number) => (this.#actual > 0 ? value / this.#actual : Number.NaN);
    return {
      rmsle: Math.sqrt(this.#squaredLog / this.#count),
      wape: share(this.#absolute),
      mase: this.#scaled / this.#scaledCount,
      bias: (this.#means - this.#actual) / this.#count,
      mean_ratio: share(this.#means),
      sum_wape: share(this.#sumErrors),
      count: this.#count,
    };
  }

  #closeSum(): void {
    this.#sumErrors += Math.abs(this.#expected - this.#sold);
    this.#sold = 0;
    this.#expected = 0;
  }
}

/** The quality of the model's 80 % intervals of some points. */
export interface IntervalScores {
  /** Share of actual values within [p10, p90]. */
  readonly coverage80: number;
  /** mean(p90 - p10), in units. */
  readonly width80: number;
  /** sum(p90 - p10) / sum(y): the width of the interval relative to sales. */
  readonly width80_share: number;
  /** Mean pinball loss of p10, p50 and p90, in units. */
  readonly pinball: number;
}

/** Accumulates the quality of intervals, point by point. */
export class IntervalErrors {
  #inside = 0;
  #width = 0;
  #pinball = 0;
  #actual = 0;
  #count = 0;

  add(actual: number, p10: number, p50: number, p90: number): void {
    if (actual >= p10 && actual <= p90) this.#inside++;
    this.#width += p90 - p10;
    this.#pinball += (pinball(actual, p10, 0.1) + pinball(actual, p50, 0.5) + pinball(actual, p90, 0.9)) / 3;
    this.#actual += actual;
    this.#count++;
  }

  /** null when nothing was added. */
  scores(): IntervalScores | null {
    if (this.#count === 0) return null;
    return {
      coverage80: this.#inside / this.#count,
      width80: this.#width / this.#count,
      width80_share: this.#width / this.#actual,
      pinball: this.#pinball / this.#count,
    };
  }
}

/** Koenker & Bassett 1978: q (y - x) below the actual value, (1 - q) (x - y) above it. */
function pinball(actual: number, quantile: number, q: number): number {
  return actual >= quantile ? q * (actual - quantile) : (1 - q) * (quantile - actual);
}
