/** Ends a command: an error of ours is told in its own words, any other with its stack; exit code 1. */
export async function exitOnError(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    const isOurs = error instanceof Error && error.name !== 'Error' && error.name !== 'TypeError';
    process.stderr.write(`${isOurs ? error.message : error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
}
