import { explainError } from '../../../shared/errors/user-error.ts';

/** Ends a command with exit code 1: shows the message, and the stack only of errors that a user cannot fix. */
export async function exitOnError(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    process.stderr.write(`${explainError(error)}\n`);
    process.exitCode = 1;
  }
}
