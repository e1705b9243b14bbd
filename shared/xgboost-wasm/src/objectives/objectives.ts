import type { Field } from '../document/field.ts';

/** What is done to the margins of a row to make its value. The numbers are those of assembly/transform.ts. */
export const Transform = {
  identity: 0,
  sigmoid: 1,
  exp: 2,
  softmax: 3,
  classOfMaximum: 4,
  hinge: 5,
  sortQuantiles: 6,
  expectiles: 7,
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

/** @throws XgboostWasmError `unsupported-model` for an objective whose output transform is not known */
export function checkObjective(field: Field, groupCount: number): void {
  const name = field.string();
  const entry = OBJECTIVES.get(name);
  if (entry === undefined) throw field.unsupported(`unknown objective '${name}'`);
  if (name.startsWith('multi:') && groupCount < 2) throw field.fail(`'${name}' needs at least two classes`);
}

export function transformOf(name: string, sortsQuantiles: boolean): TransformCode {
  if (sortsQuantiles) return Transform.sortQuantiles;
  return OBJECTIVES.get(name)?.transform ?? Transform.identity;
}

export function linkOf(name: string): Link {
  return OBJECTIVES.get(name)?.link ?? 'identity';
}
