import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number. */
export function atLeast(minimum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum)) throw new InvalidArgumentError(`Write a whole number of at least ${minimum}.`);
    return value;
  };
}
