import { InvalidArgumentError } from 'commander';

/** Parses the argument of an option that counts something. @throws {InvalidArgumentError} for anything below 1 */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}
