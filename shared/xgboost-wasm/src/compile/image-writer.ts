/** A growing little-endian byte buffer with aligned allocations. */
export class ImageWriter {
  private buffer = new ArrayBuffer(1 << 16);
  length = 0;

  /** Reserves zeroed bytes; returns their offset, a multiple of 16. */
  reserve(bytes: number): number {
    const offset = (this.length + 15) & ~15;
    const end = offset + bytes;
    if (end > this.buffer.byteLength) {
      const grown = new ArrayBuffer(Math.max(end, this.buffer.byteLength * 2));
      new Uint8Array(grown).set(new Uint8Array(this.buffer, 0, this.length));
      this.buffer = grown;
    }
    this.length = end;
    return offset;
  }

  words(offset: number, count: number): Uint32Array {
    return new Uint32Array(this.buffer, offset, count);
  }

  halves(offset: number, count: number): Uint16Array {
    return new Uint16Array(this.buffer, offset, count);
  }

  /** Unsigned integers of 2 or 4 bytes. */
  integers(offset: number, count: number, bytes: number): Uint16Array | Uint32Array {
    return bytes === 2 ? this.halves(offset, count) : this.words(offset, count);
  }

  floats(offset: number, count: number): Float32Array {
    return new Float32Array(this.buffer, offset, count);
  }

  doubles(offset: number, count: number): Float64Array {
    return new Float64Array(this.buffer, offset, count);
  }

  /** Appends a copy of an array; returns its offset. */
  append(array: Float32Array | Uint32Array | Uint16Array): number {
    const offset = this.reserve(array.byteLength);
    new Uint8Array(this.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    return offset;
  }

  finish(): Uint8Array {
    this.reserve(0);
    return new Uint8Array(this.buffer, 0, (this.length + 15) & ~15);
  }
}
