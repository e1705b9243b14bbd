import { UserError } from '../errors/user-error.ts';

/** Thrown for an object whose content does not fit its key. */
export class InvalidObjectError extends UserError {
  override name = 'InvalidObjectError';
}

/** @throws {InvalidObjectError} when the text is not a JSON object. */
export function parseObject(text: string, key: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidObjectError(`${key}: is not JSON; publish the dataset again`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidObjectError(`${key}: must hold one JSON object; publish the dataset again`);
  }
  return value as Record<string, unknown>;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isArrayOf<T>(value: unknown, accepts: (item: unknown) => item is T): value is T[];
export function isArrayOf(value: unknown, accepts: (item: unknown) => boolean): value is unknown[];
export function isArrayOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => accepts(item));
}
