/** The values of a model document; floats may be arbitrary, including NaN and -0, plain numbers are integers. */
export type Written =
  | string
  | number
  | Float32Array
  | Int32Array
  | readonly Written[]
  | { readonly [key: string]: Written };

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value);
}

/** A float as XGBoost writes it in JSON: NaN and infinities by name, -0 with its sign. */
function jsonFloat(value: number): string {
  return Object.is(value, -0) ? '-0E0' : String(value);
}

/** JSON text as XGBoost writes it. */
export function writeJson(value: Written): string {
  if (value instanceof Float32Array) return `[${Array.from(value, jsonFloat).join()}]`;
  if (value instanceof Int32Array) return `[${value.join()}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return `[${value.map(writeJson).join()}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`)
    .join()}}`;
}

/** The pieces of UBJSON as XGBoost writes them: big-endian, keys without `S`. */
class UbjsonWriter {
  private readonly pieces: Uint8Array[] = [];

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.pieces));
  }

  private letters(text: string): void {
    this.pieces.push(Buffer.from(text));
  }

  private numbers(count: number, size: number, set: (view: DataView, i: number) => void): void {
    const view = new DataView(new ArrayBuffer(count * size));
    for (let i = 0; i < count; i++) set(view, i);
    this.pieces.push(new Uint8Array(view.buffer));
  }

  private length(length: number): void {
    this.letters('L');
    this.numbers(1, 8, (view) => view.setBigInt64(0, BigInt(length)));
  }

  private text(text: string): void {
    const encoded = Buffer.from(text);
    this.length(encoded.length);
    this.pieces.push(encoded);
  }

  write(value: Written): void {
    if (value instanceof Float32Array) {
      this.letters('[$d#');
      this.length(value.length);
      this.numbers(value.length, 4, (view, i) => view.setFloat32(4 * i, value[i] ?? 0));
    } else if (value instanceof Int32Array) {
      this.letters('[$l#');
      this.length(value.length);
      this.numbers(value.length, 4, (view, i) => view.setInt32(4 * i, value[i] ?? 0));
    } else if (typeof value === 'string') {
      this.letters('S');
      this.text(value);
    } else if (typeof value === 'number') {
      this.letters('l');
      this.numbers(1, 4, (view) => view.setInt32(0, value));
    } else if (isList(value)) {
      this.letters('[#');
      this.length(value.length);
      for (const item of value) this.write(item);
    } else {
      this.letters('{');
      for (const [key, item] of Object.entries(value)) {
        this.text(key);
        this.write(item);
      }
      this.letters('}');
    }
  }
}

/** The same document in UBJSON. */
export function writeUbjson(value: Written): Uint8Array {
  const writer = new UbjsonWriter();
  writer.write(value);
  return writer.finish();
}
