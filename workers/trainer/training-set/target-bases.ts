import { type AnchorColumns, anchorsFrom, createAnchorColumns } from '../../../shared/features/index.ts';
import { logForecast, rightMargin } from '../../../shared/forecast/log-forecast.ts';

/** What the targets of rows are measured from, a value of each for every row. */
export interface TargetBases {
  readonly anchors: AnchorColumns;
  /** The logarithm of what the plan of the target day multiplies its units by. */
  readonly lifts: Float64Array;
}

export function createTargetBases(rows: number): TargetBases {
  return { anchors: createAnchorColumns(rows), lifts: new Float64Array(rows) };
}

/** Those of the rows from `first` on, in the same memory. */
export function basesFrom({ anchors, lifts }: TargetBases, first: number): TargetBases {
  return { anchors: anchorsFrom(anchors, first), lifts: lifts.subarray(first) };
}

/** What a model has to learn for a row whose day sold so many units. */
export function labelOf({ anchors, lifts }: TargetBases, row: number, units: number): number {
  return rightMargin(anchors.values[row] as number, units, lifts[row] as number);
}

/** The forecast of log1p(units) that a margin stands for. */
export function logForecastOf({ anchors, lifts }: TargetBases, row: number, margin: number): number {
  return logForecast(anchors.values[row] as number, margin, lifts[row] as number);
}

/** The units that a margin stands for. */
export function unitsOf(bases: TargetBases, row: number, margin: number): number {
  return Math.expm1(logForecastOf(bases, row, margin));
}
