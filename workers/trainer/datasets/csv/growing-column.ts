/** A list of 32-bit integers that grows in one typed array: millions of rows without an object each. */
export class GrowingColumn {
  #values = new Int32Array(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** What was pushed; shares memory with the column. */
  values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}
