import type { Field } from '../document/field.ts';

/** The transform from the margins of a row to its value. The numbers are those of assembly/transform.ts. */
export const Transform = {
  identity: 0,
  sigmoid: 1,
  exp: 2,
  softmax: 3,
  classOfMaximum: 4,
  hinge: 5,
  sortQuantiles: 6,
  expectiles: 7,
  /** Of a custom objective: unknown, so no kernel implements it. */
  custom: 8,
} as const;

export type TransformCode = (typeof Transform)[keyof typeof Transform];

type Link = 'identity' | 'logit' | 'log' | 'expectile';

interface ObjectiveEntry {
  readonly transform: TransformCode;
  /** How base_score becomes a margin. */
  readonly link: Link;
}

const { identity, sigmoid, exp, softmax, classOfMaximum, hinge, expectiles } = Transform;

const OBJECTIVES: ReadonlyMap<string, ObjectiveEntry> = new Map<string, ObjectiveEntry>([
  ['reg:squarederror', { transform: identity, link: 'identity' }],
  ['reg:linear', { transform: identity, link: 'identity' }],
  ['reg:squaredlogerror', { transform: identity, link: 'identity' }],
  ['reg:pseudohubererror', { transform: identity, link: 'identity' }],
  ['reg:absoluteerror', { transform: identity, link: 'identity' }],
  ['reg:quantileerror', { transform: identity, link: 'identity' }],
  ['reg:expectileerror', { transform: expectiles, link: 'expectile' }],
  ['reg:logistic', { transform: sigmoid, link: 'logit' }],
  ['binary:logistic', { transform: sigmoid, link: 'logit' }],
  ['binary:logitraw', { transform: identity, link: 'identity' }],
  ['binary:hinge', { transform: hinge, link: 'identity' }],
  ['multi:softmax', { transform: classOfMaximum, link: 'identity' }],
  ['multi:softprob', { transform: softmax, link: 'identity' }],
  ['reg:gamma', { transform: exp, link: 'log' }],
  ['reg:tweedie', { transform: exp, link: 'log' }],
  ['count:poisson', { transform: exp, link: 'log' }],
  ['survival:cox', { transform: exp, link: 'log' }],
  ['survival:aft', { transform: exp, link: 'log' }],
  ['rank:pairwise', { transform: identity, link: 'identity' }],
  ['rank:ndcg', { transform: identity, link: 'identity' }],
  ['rank:map', { transform: identity, link: 'identity' }],
]);

/**
 * Prefixes of XGBoost's own names: one that is not in the table belongs to a release that this package does not
 * support.
 */
const BUILT_IN = /^(reg|binary|multi|count|rank|survival):/;

/**
 * Checks the name of an objective. One that is not XGBoost's is a custom objective: its base_score is a margin, and
 * the transform to values is unknown.
 *
 * @throws XgboostWasmError `unsupported-model` for an unknown built-in objective, whose base_score may stand for any
 *   margin
 */
export function checkObjective(field: Field, groupCount: number): void {
  const name = field.string();
  if (!OBJECTIVES.has(name) && BUILT_IN.test(name)) {
    throw field.unsupported(
      `unknown objective '${name}', possibly of a newer XGBoost. If base_score is a margin for it, name it ` +
        `'custom:${name.slice(name.indexOf(':') + 1)}' in the file, predict with output 'margin' and apply its transform`,
    );
  }
  if (name.startsWith('multi:') && groupCount < 2) throw field.fail(`'${name}' needs at least two classes`);
}

export function transformOf(name: string, sortsQuantiles: boolean): TransformCode {
  if (sortsQuantiles) return Transform.sortQuantiles;
  return OBJECTIVES.get(name)?.transform ?? Transform.custom;
}

export function linkOf(name: string): Link {
  return OBJECTIVES.get(name)?.link ?? 'identity';
}
