import type { DocumentValue } from '../document/document-value.ts';
import { Field } from '../document/field.ts';
import { readIntegers } from '../document/number-fields.ts';
import type { Forest } from '../forest/forest.ts';
import { baseMarginsOf } from '../objectives/base-margin.ts';
import { checkObjective } from '../objectives/objectives.ts';
import { MAX_FEATURES, MAX_GROUPS } from './limits.ts';
import { readBaseScore } from './read-base-score.ts';
import { readBooster } from './read-booster.ts';

function readVersion(root: Field): [number, number, number] {
  const field = root.find('version');
  if (!field.present) return [1, 0, 0];
  const [major = 0, minor = 0, patch = 0] = readIntegers(field, 0, 1_000_000, 3);
  return [major, minor, patch];
}

function atLeast(version: readonly number[], major: number, minor: number): boolean {
  const [a = 0, b = 0] = version;
  return a > major || (a === major && b >= minor);
}

function readNames(field: Field, featureCount: number): string[] {
  const names = field.present ? field.strings() : [];
  if (names.length > 0 && names.length !== featureCount) {
    throw field.fail(`has ${names.length} items, but the model has ${featureCount} features`);
  }
  return names;
}

function readAttributes(field: Field): Map<string, string> {
  const attributes = new Map<string, string>();
  if (!field.present) return attributes;
  for (const key of field.object().keys()) attributes.set(key, field.get(key).string());
  return attributes;
}

/**
 * Turns a parsed document into a model.
 *
 * @param logf the float32 logarithm of the engine, bit-true to glibc
 *
 * @throws XgboostWasmError `invalid-model` or `unsupported-model` with the path of the field
 */
export function readForest(document: DocumentValue, logf: (x: number) => number): Forest {
  const root = new Field(document, '');
  const learner = root.get('learner');
  const version = readVersion(root);
  const parameters = learner.get('learner_model_param');
  const featureCount = parameters.get('num_feature').integer(0, MAX_FEATURES);
  const classes = parameters.find('num_class');
  const targets = parameters.find('num_target');
  const groupCount = Math.max(
    1,
    classes.present ? classes.integer(0, MAX_GROUPS) : 0,
    targets.present ? targets.integer(0, MAX_GROUPS) : 0,
  );
  const name = learner.get('objective').get('name').string();
  checkObjective(learner.get('objective').get('name'), groupCount);
  const scores = readBaseScore(parameters.get('base_score'), groupCount);
  const booster = readBooster(learner.get('gradient_booster'), featureCount, groupCount);
  // gblinear starts every output from the first score (3.1+, where they differ).
  if (booster.kind === 'linear') scores.fill(scores[0] ?? 0);
  return {
    version,
    featureCount,
    groupCount,
    objective: { name, sortsQuantiles: name === 'reg:quantileerror' && atLeast(version, 3, 4) },
    baseMargins: baseMarginsOf(parameters.get('base_score'), name, scores, version, logf),
    featureNames: readNames(learner.find('feature_names'), featureCount),
    featureTypes: readNames(learner.find('feature_types'), featureCount),
    attributes: readAttributes(learner.find('attributes')),
    booster,
  };
}
