import { XgboostWasmError } from '../errors.ts';
import { type DocumentObject, type DocumentValue, MAX_DOCUMENT_DEPTH } from './document-value.ts';
import { parseDecimal } from './parse-decimal.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A JSON reader over bytes that also accepts `NaN`, `Infinity` and `-Infinity`, as XGBoost writes them. */
class JsonReader {
  readonly bytes: Uint8Array;
  at = 0;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  fail(message: string): XgboostWasmError {
    return new XgboostWasmError('malformed-document', `byte ${this.at}`, message);
  }

  /** The next byte that is not white space, not consumed; -1 at the end. */
  peek(): number {
    for (;;) {
      const byte = this.bytes[this.at] ?? -1;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
  }

  expect(byte: number): void {
    if (this.peek() !== byte) throw this.fail(`expected '${String.fromCharCode(byte)}'`);
    this.at++;
  }

  value(depth: number): DocumentValue {
    if (depth > MAX_DOCUMENT_DEPTH) throw this.fail(`nesting is deeper than ${MAX_DOCUMENT_DEPTH}`);
    const byte = this.peek();
    if (byte === 0x7b) return this.object(depth);
    if (byte === 0x5b) return this.array(depth);
    if (byte === QUOTE) return this.string();
    return this.atom();
  }

  private object(depth: number): DocumentObject {
    const members: DocumentObject = new Map();
    this.expect(0x7b);
    if (this.peek() === 0x7d) {
      this.at++;
      return members;
    }
    for (;;) {
      this.peek();
      const key = this.string();
      this.expect(0x3a);
      members.set(key, this.value(depth + 1));
      const next = this.peek();
      this.at++;
      if (next === 0x7d) return members;
      if (next !== 0x2c) throw this.fail("expected ',' or '}'");
    }
  }

  private array(depth: number): DocumentValue[] {
    const items: DocumentValue[] = [];
    this.expect(0x5b);
    if (this.peek() === 0x5d) {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      const next = this.peek();
      this.at++;
      if (next === 0x5d) return items;
      if (next !== 0x2c) throw this.fail("expected ',' or ']'");
    }
  }

  private string(): string {
    if (this.bytes[this.at] !== QUOTE) throw this.fail('expected a string');
    const start = this.at + 1;
    let end = start;
    let escaped = false;
    for (;;) {
      const byte = this.bytes[end];
      if (byte === undefined) throw this.fail('unterminated string');
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        escaped = true;
        end++;
      }
      end++;
    }
    let text: string;
    try {
      text = this.decoder.decode(this.bytes.subarray(start, end));
    } catch {
      throw this.fail('string is not UTF-8');
    }
    if (escaped) text = this.unescape(text);
    this.at = end + 1;
    return text;
  }

  private unescape(text: string): string {
    return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S]?)/g, (_, code: string) => {
      if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      const plain = ESCAPES[code];
      if (plain === undefined) throw this.fail(`unknown escape \\${code}`);
      return plain;
    });
  }

  private atom(): DocumentValue {
    const start = this.at;
    let end = start;
    for (;;) {
      const byte = this.bytes[end] ?? 0x2c;
      if (byte === 0x2c || byte === 0x5d || byte === 0x7d || byte <= 0x20) break;
      end++;
    }
    if (end === start) throw this.fail('expected a value');
    if (end - start > 400) throw this.fail('a number of more than 400 characters');
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(this.bytes[i] ?? 0);
    const value = this.named(text);
    this.at = end;
    return value;
  }

  private named(text: string): DocumentValue {
    switch (text) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      case 'NaN':
      case '-NaN':
      case 'nan':
        return Number.NaN;
      case 'Infinity':
        return Number.POSITIVE_INFINITY;
      case '-Infinity':
        return Number.NEGATIVE_INFINITY;
      default:
        if (!/^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text))
          throw this.fail(`unexpected '${text.slice(0, 40)}'`);
        return parseDecimal(text);
    }
  }
}

/**
 * Parses a JSON model document.
 *
 * @throws XgboostWasmError `malformed-document` with the byte offset
 */
export function parseJson(bytes: Uint8Array): DocumentValue {
  const reader = new JsonReader(bytes);
  const value = reader.value(0);
  if (reader.peek() !== -1) throw reader.fail('data after the end of the document');
  return value;
}
