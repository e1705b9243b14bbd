/** Features that stand and fall together: the unit of an ablation. */
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

/** One column of a feature row. */
export interface FeatureDefinition {
  readonly name: string;
  readonly group: FeatureGroup;
  /** `category` columns hold codes of the manifest's `categories` maps. */
  readonly kind: 'number' | 'category';
  /** What is computed, exactly: part of the hash by which the API knows that a model fits its code. */
  readonly definition: string;
}

/** The definitions of one group, from pairs of name and definition. */
export function defineGroup(
  group: FeatureGroup,
  columns: readonly (readonly [name: string, definition: string])[],
  kind: FeatureDefinition['kind'] = 'number',
): readonly FeatureDefinition[] {
  return columns.map(([name, definition]) => ({ name, group, kind, definition }));
}
