import type { Predicates } from './predicates.ts';

/** A run of trees whose predicates share one table. */
export interface TilePlan {
  readonly firstTree: number;
  readonly endTree: number;
  /** Numbers (over the model) of the predicates in use, ascending. */
  readonly predicates: Int32Array;
}

/** The predicates of the tile that is being filled, and how many table rows they take. */
class Draft {
  readonly used: number[] = [];
  rows = 1;
  private readonly seen: Int32Array;
  private readonly seenSegment: Int32Array;
  private readonly segmentOf: Int32Array;
  private tile = 0;

  constructor(predicates: Predicates) {
    this.seen = new Int32Array(predicates.count).fill(-1);
    this.seenSegment = new Int32Array(predicates.count).fill(-1);
    this.segmentOf = predicates.segmentOf;
  }

  add(ids: Int32Array): void {
    for (const id of ids) {
      if (id < 0 || this.seen[id] === this.tile) continue;
      this.seen[id] = this.tile;
      this.used.push(id);
      this.rows++;
      const segment = this.segmentOf[id] ?? 0;
      if (this.seenSegment[segment] === this.tile) continue;
      this.seenSegment[segment] = this.tile;
      this.rows++;
    }
  }

  /** Ends the tile with its first `count` predicates. */
  take(count: number): Int32Array {
    const taken = Int32Array.from(this.used.slice(0, count)).sort();
    this.used.length = 0;
    this.rows = 1;
    this.tile++;
    return taken;
  }
}

/**
 * Cuts the trees into runs whose predicates take at most `maxRows` rows of a table, so that the answers for a
 * block of rows stay in the second-level cache. A single tree may exceed the limit.
 */
export function planTiles(predicates: Predicates, maxRows: number): TilePlan[] {
  const { ofNode } = predicates;
  const draft = new Draft(predicates);
  const tiles: TilePlan[] = [];
  let first = 0;
  for (let tree = 0; tree < ofNode.length; tree++) {
    const ids = ofNode[tree] ?? new Int32Array(0);
    const before = draft.used.length;
    draft.add(ids);
    if (draft.rows <= maxRows || tree === first) continue;
    tiles.push({ firstTree: first, endTree: tree, predicates: draft.take(before) });
    first = tree;
    draft.add(ids);
  }
  if (ofNode.length > first) {
    tiles.push({ firstTree: first, endTree: ofNode.length, predicates: draft.take(draft.used.length) });
  }
  return tiles;
}
