import type { Command } from './parse-request.ts';

/** Commands that need a connection of their own, wait, or manage the server: not there over REST. */
const REFUSED = new Set(
  (
    'ACL ASKING AUTH BGREWRITEAOF BGSAVE BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT CLUSTER ' +
    'COMMAND CONFIG DEBUG DISCARD EXEC FAILOVER FCALL FCALL_RO FUNCTION HELLO LATENCY MEMORY MIGRATE MODULE MONITOR ' +
    'MOVE MULTI PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT READONLY READWRITE REPLCONF REPLICAOF RESET RESTORE-ASKING SAVE ' +
    'SELECT SHUTDOWN SLAVEOF SLOWLOG SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SWAPDB SYNC UNSUBSCRIBE UNWATCH WAIT WAITAOF WATCH'
  ).split(' '),
);

/** Streams are read without waiting. */
const READS_OF_STREAMS = new Set(['XREAD', 'XREADGROUP']);

/** Reading with the read-only token does not include going through all keys. */
const REFUSED_READ_ONLY = new Set(['KEYS', 'SCAN']);

/**
 * @param readCommands the commands that the server itself calls read-only, in upper case; null for the token that
 *   may write.
 * @returns the error that stands in for the command's answer, or null when it may run.
 */
export function refuseCommand(command: Command, readCommands: ReadonlySet<string> | null): Error | null {
  const name = command[0].toUpperCase();
  const waits =
    READS_OF_STREAMS.has(name) && command.slice(1).some((argument) => argument.toUpperCase() === 'BLOCK');
  if (REFUSED.has(name) || waits) {
    return new Error(
      `ERR Command is not available: '${name}'. See https://upstash.com/docs/redis/overall/rediscompatibility for details`,
    );
  }
  if (readCommands && (!readCommands.has(name) || REFUSED_READ_ONLY.has(name))) {
    return new Error(
      `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`,
    );
  }
  return null;
}

/** Takes Upstash's own flag out of a script's first line, which redis-server would not know. */
export function toServerCommand(command: Command): Command {
  const [name, script, ...rest] = command;
  if (!/^eval(_ro)?$/i.test(name) || script === undefined || !script.startsWith('#!')) return command;
  const end = script.indexOf('\n');
  const line = end < 0 ? script : script.slice(0, end);
  const flags = /flags=(\S+)/.exec(line)?.[1]?.split(',') ?? [];
  const known = flags.filter((flag) => flag !== 'allow-key-locking');
  const stripped = line.replace(/\s+flags=\S+/, known.length > 0 ? ` flags=${known.join()}` : '');
  return [name, stripped + (end < 0 ? '' : script.slice(end)), ...rest];
}
