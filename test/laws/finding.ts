import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import type { PanelForecast, PanelOptions } from '../support/trainer/forecast-panel.ts';
import { notableChange, type Pair, quantileOf, relativeChange } from './change.ts';

/** What a law was tried on. */
export interface Subject {
  readonly dataset: Dataset;
  readonly options: PanelOptions;
  /** The forecast of the dataset as it is, made with these options. */
  readonly base: PanelForecast;
}

/** One figure of a law and its limit. */
export interface Finding {
  readonly law: string;
  readonly figure: string;
  /** NaN where nothing was compared, which keeps no law. */
  readonly value: number;
  /** The greatest value that keeps the law. */
  readonly limit: number;
}

/** A law of forecasts: measures how far a dataset's forecasts are from it. Empty where it does not apply. */
export type Law = (subject: Subject) => Promise<Finding[]>;

export function holds({ value, limit }: Finding): boolean {
  return value <= limit;
}

/** The share of flags that are set, of which a law allows none; NaN where there are no flags. */
export function shareFinding(law: string, figure: string, flags: readonly boolean[]): Finding {
  return { law, figure, value: flags.filter(Boolean).length / flags.length, limit: 0 };
}

/** The two figures by which most laws are judged; both NaN where there are no pairs. */
export function changeFindings(
  law: string,
  pairs: readonly Pair[],
  limits: { readonly median: number; readonly p99: number },
): Finding[] {
  return [
    { law, figure: 'median change', value: quantileOf(pairs.map(relativeChange), 0.5), limit: limits.median },
    {
      law,
      figure: '99th percentile beyond 1 unit',
      value: quantileOf(pairs.map(notableChange), 0.99),
      limit: limits.p99,
    },
  ];
}
