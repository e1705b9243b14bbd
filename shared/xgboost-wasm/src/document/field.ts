import { XgboostWasmError } from '../errors.ts';
import type { DocumentObject, DocumentValue } from './document-value.ts';

/** A value of the document with its path, so that every error names its place. */
export class Field {
  readonly value: DocumentValue | undefined;
  readonly path: string;

  constructor(value: DocumentValue | undefined, path: string) {
    this.value = value;
    this.path = path;
  }

  fail(message: string): XgboostWasmError {
    return new XgboostWasmError('invalid-model', this.path, message);
  }

  unsupported(message: string): XgboostWasmError {
    return new XgboostWasmError('unsupported-model', this.path, message);
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  object(): DocumentObject {
    if (!(this.value instanceof Map)) throw this.fail(this.present ? 'expected an object' : 'is missing');
    return this.value;
  }

  get(key: string): Field {
    return new Field(this.object().get(key), this.path === '' ? key : `${this.path}.${key}`);
  }

  /** The member if this is an object that has it; an absent field otherwise. */
  find(key: string): Field {
    const path = this.path === '' ? key : `${this.path}.${key}`;
    return new Field(this.value instanceof Map ? this.value.get(key) : undefined, path);
  }

  items(): Field[] {
    if (!Array.isArray(this.value)) throw this.fail(this.present ? 'expected an array' : 'is missing');
    return this.value.map((item, i) => new Field(item, `${this.path}[${i}]`));
  }

  string(): string {
    if (typeof this.value !== 'string') throw this.fail(this.present ? 'expected a string' : 'is missing');
    return this.value;
  }

  strings(): string[] {
    return this.items().map((item) => item.string());
  }

  /** A number, written as a number or (as XGBoost does for parameters) as a string. */
  number(): number {
    const { value } = this;
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
      return Number(value);
    throw this.fail(this.present ? 'expected a number' : 'is missing');
  }

  integer(minimum: number, maximum: number): number {
    const value = this.number();
    if (!Number.isInteger(value)) throw this.fail(`expected an integer, found ${value}`);
    if (value < minimum || value > maximum) throw this.fail(`${value} is outside ${minimum}..${maximum}`);
    return value;
  }
}
