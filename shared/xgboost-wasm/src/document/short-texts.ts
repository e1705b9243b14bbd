const MOST_BYTES = 32;
const MOST_TEXTS = 512;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Cache of decoded texts: a model repeats a dozen keys in every tree. */
export class ShortTexts {
  private readonly known = new Map<number, Known>();
  private readonly decode: (bytes: Uint8Array) => string;

  /** @param decode throws for bytes that are not text */
  constructor(decode: (bytes: Uint8Array) => string) {
    this.decode = decode;
  }

  read(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > MOST_BYTES) return this.decode(bytes.subarray(start, end));
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
    const found = this.known.get(hash);
    if (found !== undefined && found.bytes.length === length) {
      let i = 0;
      while (i < length && found.bytes[i] === bytes[start + i]) i++;
      if (i === length) return found.text;
    }
    const copy = bytes.slice(start, end);
    const text = this.decode(copy);
    if (this.known.size < MOST_TEXTS) this.known.set(hash, { bytes: copy, text });
    return text;
  }
}
