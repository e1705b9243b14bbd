/** Turns `count` big-endian 32-bit words into little-endian ones, in place. */
export function swapWords(at: usize, count: i32): void {
  const end = at + (<usize>count << 2);
  for (; at + 16 <= end; at += 16) {
    const words = v128.load(at);
    v128.store(at, i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
  for (; at < end; at += 4) store<u32>(at, bswap<u32>(load<u32>(at)));
}
