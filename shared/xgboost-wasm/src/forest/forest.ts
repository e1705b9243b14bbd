/**
 * One regression tree with the file's own node numbering. Nodes that no path from the root reaches (deleted ones)
 * stay in the arrays and are never read.
 */
export interface Tree {
  /** Children by node; `left < 0` marks a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  /** A numeric split sends `x < threshold` to the left. */
  readonly threshold: Float32Array;
  /** 1 if a missing value goes left. */
  readonly defaultLeft: Uint8Array;
  /** The categories that go right, by node, ascending; nodes that are absent split numerically. */
  readonly categories: ReadonlyMap<number, Int32Array>;
  /** Sum of the hessian by node: the weights of TreeSHAP. Vector leaves of 2.0 - 3.1 have none. */
  readonly cover: Float32Array | null;
  /** `width` values a node; only those of leaves are meaningful. The dart weight is already in. */
  readonly leafValues: Float32Array;
  readonly width: number;
  /** First output group that the leaf values are added to. */
  readonly group: number;
}

export interface TreeBooster {
  readonly kind: 'tree';
  readonly trees: readonly Tree[];
  /** `iterationStarts[i]..iterationStarts[i + 1]` are the trees of boosting round i. */
  readonly iterationStarts: Int32Array;
}

export interface LinearBooster {
  readonly kind: 'linear';
  /** `weights[feature * groups + group]`; the bias is the row after the last feature. */
  readonly weights: Float32Array;
}

export interface Objective {
  readonly name: string;
  /** Quantiles are sorted within a row, so that they do not cross (3.4+). */
  readonly sortsQuantiles: boolean;
}

/** A model as read from its file, of any release. */
export interface Forest {
  readonly version: readonly [number, number, number];
  readonly featureCount: number;
  readonly groupCount: number;
  readonly objective: Objective;
  /** One margin a group: base_score after the objective's link. */
  readonly baseMargins: Float32Array;
  readonly featureNames: readonly string[];
  readonly featureTypes: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
  readonly booster: TreeBooster | LinearBooster;
}
