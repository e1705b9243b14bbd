import type { Field } from '../document/field.ts';
import { readFloats } from '../document/number-fields.ts';
import type { LinearBooster, TreeBooster } from '../forest/forest.ts';
import { readTrees } from './read-trees.ts';

/** Reads `gradient_booster`: gbtree, dart (nested in it up to 3.2, next to it from 3.3) or gblinear. */
export function readBooster(
  booster: Field,
  featureCount: number,
  groupCount: number,
): TreeBooster | LinearBooster {
  const name = booster.get('name').string();
  switch (name) {
    case 'gbtree': {
      const model = booster.get('model');
      return readTrees(model, model.find('weight_drop'), featureCount, groupCount);
    }
    case 'dart':
      return readTrees(
        booster.get('gbtree').get('model'),
        booster.get('weight_drop'),
        featureCount,
        groupCount,
      );
    case 'gblinear': {
      const weights = readFloats(booster.get('model').get('weights'), (featureCount + 1) * groupCount);
      return { kind: 'linear', weights };
    }
    default:
      throw booster.get('name').unsupported(`unknown booster '${name}'`);
  }
}
