/**
 * Transposes 8x8 bits in every byte column of eight vectors: bit k of byte j of vector i goes to bit i of byte j of
 * the vector stored at to + k * step.
 */
@inline
export function transposeBits(
  p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128, p6: v128, p7: v128, to: usize, step: usize,
): void {
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
  t = v128.and(v128.xor(i64x2.shr_u(p0, 1), p1), m); v128.store(to + 1 * step, v128.xor(p1, t));
  v128.store(to + 0 * step, v128.xor(p0, i64x2.shl(t, 1)));
  t = v128.and(v128.xor(i64x2.shr_u(p2, 1), p3), m); v128.store(to + 3 * step, v128.xor(p3, t));
  v128.store(to + 2 * step, v128.xor(p2, i64x2.shl(t, 1)));
  t = v128.and(v128.xor(i64x2.shr_u(p4, 1), p5), m); v128.store(to + 5 * step, v128.xor(p5, t));
  v128.store(to + 4 * step, v128.xor(p4, i64x2.shl(t, 1)));
  t = v128.and(v128.xor(i64x2.shr_u(p6, 1), p7), m); v128.store(to + 7 * step, v128.xor(p7, t));
  v128.store(to + 6 * step, v128.xor(p6, i64x2.shl(t, 1)));
}

