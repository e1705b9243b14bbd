/** Kinds of features. */
export type FeatureGroup =
  | 'demand'
  | 'promotion'
  | 'tickets'
  | 'oil'
  | 'static'
  | 'horizon'
  | 'weekday'
  | 'year-ago'
  | 'closure'
  | 'calendar'
  | 'holiday';

/** The description of a column of a feature row. */
export interface FeatureDefinition {
  readonly name: string;
  readonly group: FeatureGroup;
  /** `category` columns hold codes of the manifest's `categories` maps. */
  readonly kind: 'number' | 'category';
  /** What is computed, for people. Programs compare the fingerprint of the values that `write` produces. */
  readonly definition: string;
}

/** One column of the feature rows: its name, its meaning and the only code that computes it. */
export interface Feature<Source> extends FeatureDefinition {
  /**
   * Writes the value of each row of the source to `out[at]`, `out[at + stride]`, ..., NaN where it is unknown. A
   * whole column, since a call for each value would cost more than the computation.
   */
  write(source: Source, out: Float32Array, at: number, stride: number): void;
}

/** The features of one group, in the order of their columns. */
export function defineFeatures<Source>(
  group: FeatureGroup,
  columns: readonly (readonly [name: string, definition: string, write: Feature<Source>['write']])[],
  kind: FeatureDefinition['kind'] = 'number',
): readonly Feature<Source>[] {
  return columns.map(([name, definition, write]) => ({ name, group, kind, definition, write }));
}

/**
 * Writes the columns of one source, the first of them from `offset` on.
 *
 * @param stride values from one row to the next
 * @returns the offset of the column after them
 */
export function writeFeatures<Source>(
  features: readonly Feature<Source>[],
  source: Source,
  out: Float32Array,
  offset: number,
  stride: number,
): number {
  const count = features.length;
  for (let i = 0; i < count; i++) (features[i] as Feature<Source>).write(source, out, offset + i, stride);
  return offset + count;
}
