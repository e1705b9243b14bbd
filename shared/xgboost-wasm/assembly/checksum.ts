/** Rotates the 32-bit lanes, so that every bit of the data reaches every bit of the sum. */
@inline
function mix(sum: v128, data: v128): v128 {
  const x = v128.xor(sum, data);
  return i32x4.mul(v128.or(i32x4.shl(x, 13), i32x4.shr_u(x, 19)), i32x4.splat(<i32>0x9e3779b1));
}

/** A 64-bit checksum of `bytes` bytes (a multiple of 16): 16 lanes of xor, rotate and multiply, folded at the end. */
export function checksum(at: usize, bytes: i32): u64 {
  let a = i32x4(1, 2, 3, 4), b = i32x4(5, 6, 7, 8), c = i32x4(9, 10, 11, 12), d = i32x4(13, 14, 15, 16);
  const end = at + <usize>bytes;
  for (; at + 64 <= end; at += 64) {
    a = mix(a, v128.load(at));
    b = mix(b, v128.load(at, 16));
    c = mix(c, v128.load(at, 32));
    d = mix(d, v128.load(at, 48));
  }
  for (; at < end; at += 16) a = mix(a, v128.load(at));
  const folded = mix(mix(mix(a, b), c), d);
  let sum: u64 = <u64>bytes;
  sum = rotl<u64>((sum ^ <u64>i64x2.extract_lane(folded, 0)) * 0x9e3779b185ebca87, 31);
  sum = rotl<u64>((sum ^ <u64>i64x2.extract_lane(folded, 1)) * 0xc2b2ae3d27d4eb4f, 29);
  return sum ^ (sum >> 32);
}
