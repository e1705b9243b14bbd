import { InvalidDateError } from '../../calendar/day-number.ts';
import { InvalidCommitError } from '../check-commit.ts';
import { InvalidHistoryError } from '../history-import.ts';
import { PartitionCountError } from '../partition-id.ts';

/**
 * What the object answers to a call: a value, or the refusal of a bad argument. An exception would lose its class on
 * the way and leave the stub broken, so that only faults of the store itself are thrown.
 */
export type Answer<T> = { readonly value: T } | { readonly refused: Refusal };

interface Refusal {
  readonly name: string;
  readonly message: string;
}

const REFUSALS = [
  InvalidCommitError,
  InvalidHistoryError,
  InvalidDateError,
  PartitionCountError,
  SyntaxError,
] as const;

/** @returns the value of `work`, or its refusal; other errors pass through. */
export function answer<T>(work: () => T): Answer<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof Error && REFUSALS.some((refusal) => error instanceof refusal)) {
      return { refused: { name: error.name, message: error.message } };
    }
    throw error;
  }
}

/** The other end of `answer`. @throws the error that `work` threw, of the same class. */
export function unwrap<T>(received: Answer<T>): T {
  if ('value' in received) return received.value;
  const { name, message } = received.refused;
  const Refused = REFUSALS.find((refusal) => new refusal().name === name) ?? Error;
  throw new Refused(message);
}
