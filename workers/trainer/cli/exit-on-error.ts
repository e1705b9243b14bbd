import { explainError } from '../../../shared/errors/user-error.ts';

/** Ends a command: shows what went wrong, and a stack only where the user cannot put it right; exit code 1. */
export async function exitOnError(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    process.stderr.write(`${explainError(error)}\n`);
    process.exitCode = 1;
  }
}
