import { explainError } from '../../../shared/errors/user-error.ts';
import { NoTrainingRowsError } from '../model/training-set/training-rows.ts';

/** Ends a command: shows what went wrong, and a stack only where the user cannot put it right; exit code 1. */
export async function exitOnError(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    const text = error instanceof NoTrainingRowsError ? error.message : explainError(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}
