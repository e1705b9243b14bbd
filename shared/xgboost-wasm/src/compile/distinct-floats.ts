const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** A set of float32 numbers (0 and -0 are one) that gives each number's place in ascending order once sorted. */
export class DistinctFloats {
  private slots = new Int32Array(64).fill(-1);
  private values = new Float32Array(32);
  private places = new Int32Array(0);
  private count = 0;

  private slotOf(value: number): number {
    single[0] = value + 0;
    const mask = this.slots.length - 1;
    let slot = Math.imul(singleBits[0] ?? 0, 0x9e3779b1) >>> 8;
    for (;;) {
      slot &= mask;
      const held = this.slots[slot] ?? -1;
      if (held < 0 || this.values[held] === value) return slot;
      slot++;
    }
  }

  /** @returns the key of the value, for {@link placeOf} */
  add(value: number): number {
    const slot = this.slotOf(value);
    const held = this.slots[slot] ?? -1;
    if (held >= 0) return held;
    const added = this.count++;
    this.slots[slot] = added;
    this.values[added] = value + 0;
    if (this.count === this.values.length) this.grow();
    return added;
  }

  private grow(): void {
    const values = new Float32Array(this.count * 2);
    values.set(this.values);
    this.values = values;
    this.slots = new Int32Array(this.count * 4).fill(-1);
    for (let i = 0; i < this.count; i++) this.slots[this.slotOf(values[i] ?? 0)] = i;
  }

  /** Ends collection: the numbers, ascending. */
  sort(): Float32Array {
    const sorted = this.values.slice(0, this.count).sort();
    this.places = new Int32Array(this.count);
    for (let place = 0; place < sorted.length; place++) {
      this.places[this.slots[this.slotOf(sorted[place] ?? 0)] ?? 0] = place;
    }
    return sorted;
  }

  /** Place of a key that {@link add} returned, after {@link sort}. */
  placeOf(added: number): number {
    return this.places[added] ?? 0;
  }
}
