import { XgboostWasmError } from '../errors.ts';

/** Describes a value in an error: `null`, `the string '0'`, `an object`. */
function describeValue(value: unknown): string {
  if (typeof value === 'string') return `the string '${value.slice(0, 40)}'`;
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? `the array [${value.map(String).join(', ').slice(0, 40)}]` : 'an object';
}

/** An error that names an option, the value given and the values accepted. */
export function wrongOption(name: string, value: unknown, takes: string): XgboostWasmError {
  return new XgboostWasmError('invalid-input', name, `is ${describeValue(value)}: give ${takes}`);
}

/**
 * Checks that options are an object with known names only, so that a misspelt one does not silently have no effect.
 * An option that is `undefined` counts as not given.
 *
 * @throws XgboostWasmError `invalid-input` naming the option
 */
export function checkNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongOption('options', options, 'an object, or leave it out');
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new XgboostWasmError(
      'invalid-input',
      name,
      `is not an option: the options are ${names.join(', ')}`,
    );
  }
}
