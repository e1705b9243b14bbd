/** A small deterministic generator (xorshift32), so that a failing case can be reproduced from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const INTERESTING = [
  0, 1, 0x7f, 0x80, 0xff, 0x24, 0x23, 0x4c, 0x5b, 0x5d, 0x7b, 0x7d, 0x64, 0x6c, 0x2d, 0x39, 0x4e,
];

/** Damages a file: bit flips, random bytes, cuts, repetitions and overwritten runs, one to four of them. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let damaged = bytes.slice();
  const at = (): number => Math.floor(random() * damaged.length);
  for (let rounds = 1 + Math.floor(random() * 4); rounds > 0; rounds--) {
    const kind = Math.floor(random() * 6);
    const place = at();
    if (kind === 0) damaged[place] = (damaged[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (kind === 1) damaged[place] = INTERESTING[Math.floor(random() * INTERESTING.length)] ?? 0;
    else if (kind === 2) damaged[place] = Math.floor(random() * 256);
    else if (kind === 3 && random() < 0.3) damaged = damaged.slice(0, place);
    else if (kind === 4) {
      const end = Math.min(damaged.length, place + Math.floor(random() * 24));
      damaged.copyWithin(at(), place, end);
    } else damaged.fill(Math.floor(random() * 256), place, place + Math.floor(random() * 5));
    if (damaged.length === 0) return damaged;
  }
  return damaged;
}
