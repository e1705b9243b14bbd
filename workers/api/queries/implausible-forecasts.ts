import type { ForecastPoint } from '../../../shared/schemas/api/forecast.ts';
import type { SeriesKey } from '../../../shared/schemas/series.ts';

/** What this isolate had to replace since it started: forecasts that no sale of their series bore out. */
export interface ImplausibleForecasts {
  /** Counts the replaced points of an answer. */
  note(key: SeriesKey, version: string, points: readonly ForecastPoint[]): void;
  /** null while there were none. */
  summary(): string | null;
}

/** @param report called once for each series and model */
export function createImplausibleForecasts(report: (message: string) => void): ImplausibleForecasts {
  const days = new Map<string, number>();
  return {
    note(key, version, points) {
      const replaced = points.filter(({ source }) => source === 'history');
      const [first] = replaced;
      if (!first) return;
      const series = `${key} by model ${version}`;
      if (!days.has(series)) {
        report(
          `${replaced.length} of ${points.length} forecasts of ${series} were implausible, the first for ${first.date}; ` +
            'the usual sales of the series are served instead',
        );
      }
      days.set(series, replaced.length);
    },
    summary() {
      if (days.size === 0) return null;
      const total = [...days.values()].reduce((sum, count) => sum + count, 0);
      const [first = ''] = days.keys();
      const others = days.size > 1 ? ` and ${days.size - 1} more` : '';
      return `${total} forecast days were implausible and replaced by the usual sales: ${first}${others}; retrain the model`;
    },
  };
}
