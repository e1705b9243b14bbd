import { BITS, INDEX, PARTIAL, PLANES } from './image';
import { transposeBits } from './transpose-bits';

// Bit-sliced evaluation: a tree's predicates are read for 256 rows at once (two halves of 128 bits), and the bits
// of the leaf index are picked by multiplexing level by level. Plane k (32 bytes at PLANES) is the decision of
// each row at level k.

/** `yes` where `mask`, else `no`. */
@inline
function pick(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

/** Address of a node's predicate line, less BITS. */
@inline
function line(node: usize, index: usize): usize {
  return <usize>load<u16>(node + (index << 1)) << 5;
}

/** Decisions at level 2 or deeper: nodes in fours, by the last two decisions, then the results in fours again. */
function descend(nodes: usize, level: i32): void {
  let low = PLANES + (<usize>(level - 1) << 5);
  let high = low - 32;
  let lowA = v128.load(low);
  let lowB = v128.load(low, 16);
  let highA = v128.load(high);
  let highB = v128.load(high, 16);
  let to = PARTIAL;
  for (const end = nodes + (<usize>2 << level); nodes < end; nodes += 8, to += 32) {
    const n0 = line(nodes, 0), n1 = line(nodes, 1), n2 = line(nodes, 2), n3 = line(nodes, 3);
    v128.store(to, pick(
      highA,
      pick(lowA, v128.load(n3, BITS), v128.load(n2, BITS)),
      pick(lowA, v128.load(n1, BITS), v128.load(n0, BITS)),
    ));
    v128.store(to, pick(
      highB,
      pick(lowB, v128.load(n3, BITS + 16), v128.load(n2, BITS + 16)),
      pick(lowB, v128.load(n1, BITS + 16), v128.load(n0, BITS + 16)),
    ), 16);
  }
  let left = level - 2;
  while (left >= 2) {
    low -= 64;
    high -= 64;
    lowA = v128.load(low);
    lowB = v128.load(low, 16);
    highA = v128.load(high);
    highB = v128.load(high, 16);
    const end = to;
    to = PARTIAL;
    for (let from = PARTIAL; from < end; from += 128, to += 32) {
      const a = pick(
        highA,
        pick(lowA, v128.load(from, 96), v128.load(from, 64)),
        pick(lowA, v128.load(from, 32), v128.load(from, 0)),
      );
      const b = pick(
        highB,
        pick(lowB, v128.load(from, 112), v128.load(from, 80)),
        pick(lowB, v128.load(from, 48), v128.load(from, 16)),
      );
      v128.store(to, a);
      v128.store(to, b, 16);
    }
    left -= 2;
  }
  const plane = PLANES + (<usize>level << 5);
  if (left == 1) {
    v128.store(plane, pick(v128.load(PLANES), v128.load(PARTIAL, 32), v128.load(PARTIAL)));
    v128.store(plane, pick(v128.load(PLANES, 16), v128.load(PARTIAL, 48), v128.load(PARTIAL, 16)), 16);
  } else {
    v128.store(plane, v128.load(PARTIAL));
    v128.store(plane, v128.load(PARTIAL, 16), 16);
  }
}

@inline
function plane(depth: i32, bit: i32, half: usize): v128 {
  return bit < depth ? v128.load(PLANES + (<usize>(depth - 1 - bit) << 5) + half) : i8x16.splat(0);
}

/** Turns the planes of one half into 128 bytes. */
function transpose(depth: i32, half: usize, to: usize): void {
  transposeBits(
    plane(depth, 0, half), plane(depth, 1, half), plane(depth, 2, half), plane(depth, 3, half),
    plane(depth, 4, half), plane(depth, 5, half), plane(depth, 6, half), plane(depth, 7, half), to, 16,
  );
}

/**
 * Positions of 256 rows after `depth` levels (1 to 8) of a heap tree: one byte a row at INDEX.
 * The predicates of the rows must be at BITS.
 */
export function evaluatePlanes(nodes: usize, depth: i32): void {
  const root = line(nodes, 0);
  v128.store(PLANES, v128.load(root, BITS));
  v128.store(PLANES, v128.load(root, BITS + 16), 16);
  if (depth > 1) {
    const n1 = line(nodes, 1), n2 = line(nodes, 2);
    v128.store(PLANES, pick(v128.load(PLANES), v128.load(n2, BITS), v128.load(n1, BITS)), 32);
    v128.store(PLANES, pick(v128.load(PLANES, 16), v128.load(n2, BITS + 16), v128.load(n1, BITS + 16)), 48);
  }
  for (let level = 2; level < depth; ++level) descend(nodes + (((<usize>1 << level) - 1) << 1), level);
  transpose(depth, 0, INDEX);
  transpose(depth, 16, INDEX + 128);
}
