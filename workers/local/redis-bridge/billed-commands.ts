/** What the bridge itself sends; a bill for the same requests would not name it. */
const OWN_COMMANDS = new Set([
  'auth',
  'client',
  'command',
  'config',
  'exec',
  'hello',
  'info',
  'multi',
  'ping',
]);

/** Calls of each command by `INFO commandstats`, where those inside a script count like all others. */
export function parseCommandStats(info: string): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [, name = '', count] of info.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    if (!OWN_COMMANDS.has(name)) calls.set(name, (calls.get(name) ?? 0) + Number(count));
  }
  return calls;
}

/** What was called between two countings, commands without a call left out. */
export function subtractCalls(after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) {
  const difference = new Map<string, number>();
  for (const [name, count] of after) {
    const more = count - (before.get(name) ?? 0);
    if (more > 0) difference.set(name, more);
  }
  return difference;
}
