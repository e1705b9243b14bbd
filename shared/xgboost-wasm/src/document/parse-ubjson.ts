import { XgboostWasmError } from '../errors.ts';
import {
  type DocumentObject,
  type DocumentValue,
  MAX_DOCUMENT_DEPTH,
  type NumberArray,
} from './document-value.ts';
import { ShortTexts } from './short-texts.ts';
import { readWords, type WordReader } from './word-reader.ts';

const ITEM_BYTES: Readonly<Record<string, number>> = { d: 4, D: 8, i: 1, U: 1, I: 2, l: 4, L: 8 };

/** Arrays of every tree that inference does not use: a third of the file. */
const UNUSED: ReadonlySet<string> = new Set(['loss_changes', 'parents']);

/** A reader of the big-endian UBJSON that XGBoost writes: keys are `L` + int64 length + bytes, without `S`. */
class UbjsonReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;
  private readonly texts: ShortTexts;
  private readonly words: WordReader;

  constructor(bytes: Uint8Array, words: WordReader) {
    this.bytes = bytes;
    this.words = words;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    this.texts = new ShortTexts((text) => decoder.decode(text));
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(message: string): XgboostWasmError {
    return new XgboostWasmError('malformed-document', `byte ${this.at}`, message);
  }

  private need(count: number): void {
    if (count > this.bytes.length - this.at) throw this.fail(`the document ends ${count} bytes too early`);
  }

  /** Consumes one type letter, skipping no-ops. */
  letter(): string {
    for (;;) {
      this.need(1);
      const letter = String.fromCharCode(this.bytes[this.at++] ?? 0);
      if (letter !== 'N') return letter;
    }
  }

  private peekByte(): number {
    this.need(1);
    return this.bytes[this.at] ?? 0;
  }

  value(type: string, depth: number): DocumentValue {
    if (depth > MAX_DOCUMENT_DEPTH) throw this.fail(`nesting is deeper than ${MAX_DOCUMENT_DEPTH}`);
    switch (type) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case 'S':
        return this.string(this.length());
      case 'C':
        return this.string(1);
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.number(type);
    }
  }

  private number(type: string): number {
    const size = ITEM_BYTES[type];
    if (size === undefined) throw this.fail(`unsupported UBJSON type '${type}'`);
    this.need(size);
    const at = this.at;
    this.at += size;
    switch (type) {
      case 'd':
        return this.view.getFloat32(at);
      case 'D':
        return this.view.getFloat64(at);
      case 'i':
        return this.view.getInt8(at);
      case 'U':
        return this.view.getUint8(at);
      case 'I':
        return this.view.getInt16(at);
      case 'l':
        return this.view.getInt32(at);
      default:
        // Every length is of this type; past 2^53 nothing is exact, and nothing is that long.
        return this.view.getInt32(at) * 2 ** 32 + this.view.getUint32(at + 4);
    }
  }

  /** A length: an integer of any type, not negative, not more than the bytes that are left. */
  private length(): number {
    // As XGBoost writes them: `L` and 8 bytes, of which the first 4 are 0.
    const { view, at, bytes } = this;
    if (at + 9 <= bytes.length && bytes[at] === 0x4c && view.getInt32(at + 1) === 0) {
      const plain = view.getUint32(at + 5);
      this.at += 9;
      if (plain > bytes.length - this.at) throw this.fail(`impossible length ${plain}`);
      return plain;
    }
    const type = this.letter();
    if (type === 'd' || type === 'D') throw this.fail('a length must be an integer');
    const length = this.number(type);
    if (length < 0 || length > this.bytes.length - this.at) throw this.fail(`impossible length ${length}`);
    return length;
  }

  private string(length: number): string {
    this.need(length);
    const start = this.at;
    this.at += length;
    try {
      return this.texts.read(this.bytes, start, this.at);
    } catch {
      throw this.fail('string is not UTF-8');
    }
  }

  private object(depth: number): DocumentObject {
    const members: DocumentObject = new Map();
    if (this.peekByte() === 0x24) throw this.fail('typed objects are not used by XGBoost');
    if (this.peekByte() === 0x23) {
      this.at++;
      const count = this.length();
      for (let i = 0; i < count; i++) this.member(members, depth);
      return members;
    }
    for (;;) {
      while (this.peekByte() === 0x4e) this.at++;
      if (this.peekByte() === 0x7d) {
        this.at++;
        return members;
      }
      this.member(members, depth);
    }
  }

  private member(members: DocumentObject, depth: number): void {
    const key = this.string(this.length());
    if (UNUSED.has(key) && this.skipTypedArray()) return;
    members.set(key, this.value(this.letter(), depth + 1));
  }

  /** Skips a typed array of numbers without decoding it. */
  private skipTypedArray(): boolean {
    if (this.at + 3 > this.bytes.length) return false;
    const size = ITEM_BYTES[String.fromCharCode(this.bytes[this.at + 2] ?? 0)];
    if (this.bytes[this.at] !== 0x5b || this.bytes[this.at + 1] !== 0x24 || size === undefined) return false;
    this.at += 3;
    if (this.letter() !== '#') throw this.fail('a typed array must state its length');
    const count = this.length();
    this.need(count * size);
    this.at += count * size;
    return true;
  }

  private array(depth: number): DocumentValue {
    let type = '';
    if (this.peekByte() === 0x24) {
      this.at++;
      type = this.letter();
      if (this.peekByte() !== 0x23) throw this.fail('a typed array must state its length');
    }
    if (this.peekByte() === 0x23) {
      this.at++;
      const count = this.length();
      if (ITEM_BYTES[type] !== undefined) return this.typedArray(type, count);
      if ('TFZN'.includes(type) && type !== '') throw this.fail(`arrays of type '${type}' take no space`);
      const items: DocumentValue[] = [];
      for (let i = 0; i < count; i++) items.push(this.value(type === '' ? this.letter() : type, depth + 1));
      return items;
    }
    const items: DocumentValue[] = [];
    for (;;) {
      const letter = this.letter();
      if (letter === ']') return items;
      items.push(this.value(letter, depth + 1));
    }
  }

  private typedArray(type: string, count: number): NumberArray {
    const { view, at } = this;
    this.need(count * (ITEM_BYTES[type] ?? 1));
    this.at += count * (ITEM_BYTES[type] ?? 1);
    switch (type) {
      case 'd': {
        // Copied as bits, so that every NaN payload is preserved.
        const { buffer, byteOffset } = this.words(this.bytes, at, count);
        return new Float32Array(buffer, byteOffset, count);
      }
      case 'D':
        return Float64Array.from({ length: count }, (_, i) => view.getFloat64(at + 8 * i));
      case 'l':
        return this.words(this.bytes, at, count);
      case 'I':
        return Int16Array.from({ length: count }, (_, i) => view.getInt16(at + 2 * i));
      case 'L':
        return BigInt64Array.from({ length: count }, (_, i) => view.getBigInt64(at + 8 * i));
      case 'i':
        return new Int8Array(this.bytes.slice(at, at + count).buffer);
      default:
        return this.bytes.slice(at, at + count);
    }
  }
}

/**
 * Parses a UBJSON model document.
 *
 * @throws XgboostWasmError `malformed-document` with the byte offset
 */
export function parseUbjson(bytes: Uint8Array, words: WordReader = readWords): DocumentValue {
  const reader = new UbjsonReader(bytes, words);
  const value = reader.value(reader.letter(), 0);
  if (reader.at !== bytes.length) throw reader.fail('data after the end of the document');
  return value;
}
