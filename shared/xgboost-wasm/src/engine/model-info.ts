import type { Kernel } from '../compile/compile-forest.ts';
import type { Forest } from '../forest/forest.ts';
import { type TransformCode, transformOf } from '../objectives/objectives.ts';

/** Facts about a model apart from its image; the packed form holds them as JSON, and the margins as their bits. */
export interface ModelInfo {
  readonly version: readonly number[];
  readonly featureCount: number;
  readonly groupCount: number;
  readonly treeCount: number;
  readonly objective: string;
  readonly transform: TransformCode;
  readonly kernel: Kernel;
  /** float32 values, exact as doubles. */
  readonly baseMargins: readonly number[];
  readonly iterationStarts: readonly number[];
  readonly featureNames: readonly string[];
  readonly featureTypes: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export function describeForest(forest: Forest, kernel: Kernel): ModelInfo {
  const { booster, objective } = forest;
  return {
    version: forest.version,
    featureCount: forest.featureCount,
    groupCount: forest.groupCount,
    treeCount: booster.kind === 'tree' ? booster.trees.length : 0,
    objective: objective.name,
    transform: transformOf(objective.name, objective.sortsQuantiles),
    kernel,
    baseMargins: [...forest.baseMargins],
    iterationStarts: booster.kind === 'tree' ? [...booster.iterationStarts] : [0],
    featureNames: forest.featureNames,
    featureTypes: forest.featureTypes,
    attributes: Object.fromEntries(forest.attributes),
  };
}
