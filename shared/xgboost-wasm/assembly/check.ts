// Checks of a packed image's arrays: in wasm, because they are the bulk of the file and run cold.

/** The largest of `count` 16-bit numbers. */
export function maxHalf(at: usize, count: i32): u32 {
  let most: u32 = 0;
  let wide = i16x8.splat(0);
  let i = 0;
  for (; i + 8 <= count; i += 8) wide = i16x8.max_u(wide, v128.load(at + (<usize>i << 1)));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 0));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 1));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 2));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 3));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 4));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 5));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 6));
  most = max(most, <u32>i16x8.extract_lane_u(wide, 7));
  for (; i < count; ++i) most = max(most, <u32>load<u16>(at + (<usize>i << 1)));
  return most;
}

/** The largest of `count` 32-bit numbers. */
export function maxWord(at: usize, count: i32): u32 {
  let most: u32 = 0;
  for (let i = 0; i < count; ++i) most = max(most, load<u32>(at + (<usize>i << 2)));
  return most;
}

/** Whether every explicit node is a leaf or asks a known predicate and leads on to later nodes. */
export function linksLeadOn(at: usize, count: i32, rows: i32): bool {
  for (let i = 0; i < count; ++i) {
    const node = at + (<usize>i << 3);
    const row = load<u32>(node);
    const child = load<u32>(node, 4);
    if (row == 0 && child == <u32>i) continue;
    if (row >= <u32>rows || child <= <u32>i || child >= <u32>(count - 1)) return false;
  }
  return true;
}
