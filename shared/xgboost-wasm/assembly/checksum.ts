/** A 64-bit checksum of `bytes` bytes (a multiple of 16), four lanes of multiply and rotate. */
export function checksum(at: usize, bytes: i32): u64 {
  let a: u64 = 0x9e3779b185ebca87, b: u64 = 0xc2b2ae3d27d4eb4f;
  const end = at + <usize>bytes;
  for (; at < end; at += 16) {
    a = rotl<u64>(a ^ (load<u64>(at) * 0xc2b2ae3d27d4eb4f), 31) * 0x9e3779b185ebca87;
    b = rotl<u64>(b ^ (load<u64>(at, 8) * 0x9e3779b185ebca87), 29) * 0xc2b2ae3d27d4eb4f;
  }
  a ^= rotl<u64>(b, 17) + <u64>bytes;
  a ^= a >> 33;
  a *= 0xff51afd7ed558ccd;
  a ^= a >> 33;
  return a;
}
