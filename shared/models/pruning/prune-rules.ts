/** What pruning keeps besides the champion and the champions before it that the pointer names. */
export interface PruneRules {
  /** The newest versions, in service or not. */
  readonly keepVersions: number;
  /** Versions that were written, or in service, in so many days. */
  readonly keepDays: number;
  /** Batch forecasts from so many days before the newest origin, but for one that lies ahead (`expiredForecasts`). */
  readonly keepForecastDays: number;
}

export const PRUNE_DEFAULTS: PruneRules = { keepVersions: 10, keepDays: 30, keepForecastDays: 60 };
