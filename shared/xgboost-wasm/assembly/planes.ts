import { BITS, INDEX, PARTIAL, PLANES } from './image';

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

/** Turns the planes of one half into 128 bytes: 8x8 bit transposes between the registers. */
function transpose(depth: i32, half: usize, to: usize): void {
  let p0 = plane(depth, 0, half), p1 = plane(depth, 1, half), p2 = plane(depth, 2, half), p3 = plane(depth, 3, half);
  let p4 = plane(depth, 4, half), p5 = plane(depth, 5, half), p6 = plane(depth, 6, half), p7 = plane(depth, 7, half);
  let t: v128;
  let m = i8x16.splat(0x0f);
  t = v128.and(v128.xor(i64x2.shr_u(p0, 4), p4), m); p4 = v128.xor(p4, t); p0 = v128.xor(p0, i64x2.shl(t, 4));
  t = v128.and(v128.xor(i64x2.shr_u(p1, 4), p5), m); p5 = v128.xor(p5, t); p1 = v128.xor(p1, i64x2.shl(t, 4));
  t = v128.and(v128.xor(i64x2.shr_u(p2, 4), p6), m); p6 = v128.xor(p6, t); p2 = v128.xor(p2, i64x2.shl(t, 4));
  t = v128.and(v128.xor(i64x2.shr_u(p3, 4), p7), m); p7 = v128.xor(p7, t); p3 = v128.xor(p3, i64x2.shl(t, 4));
  m = i8x16.splat(0x33);
  t = v128.and(v128.xor(i64x2.shr_u(p0, 2), p2), m); p2 = v128.xor(p2, t); p0 = v128.xor(p0, i64x2.shl(t, 2));
  t = v128.and(v128.xor(i64x2.shr_u(p1, 2), p3), m); p3 = v128.xor(p3, t); p1 = v128.xor(p1, i64x2.shl(t, 2));
  t = v128.and(v128.xor(i64x2.shr_u(p4, 2), p6), m); p6 = v128.xor(p6, t); p4 = v128.xor(p4, i64x2.shl(t, 2));
  t = v128.and(v128.xor(i64x2.shr_u(p5, 2), p7), m); p7 = v128.xor(p7, t); p5 = v128.xor(p5, i64x2.shl(t, 2));
  m = i8x16.splat(0x55);
  t = v128.and(v128.xor(i64x2.shr_u(p0, 1), p1), m); v128.store(to, v128.xor(p1, t), 16);
  v128.store(to, v128.xor(p0, i64x2.shl(t, 1)), 0);
  t = v128.and(v128.xor(i64x2.shr_u(p2, 1), p3), m); v128.store(to, v128.xor(p3, t), 48);
  v128.store(to, v128.xor(p2, i64x2.shl(t, 1)), 32);
  t = v128.and(v128.xor(i64x2.shr_u(p4, 1), p5), m); v128.store(to, v128.xor(p5, t), 80);
  v128.store(to, v128.xor(p4, i64x2.shl(t, 1)), 64);
  t = v128.and(v128.xor(i64x2.shr_u(p6, 1), p7), m); v128.store(to, v128.xor(p7, t), 112);
  v128.store(to, v128.xor(p6, i64x2.shl(t, 1)), 96);
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
