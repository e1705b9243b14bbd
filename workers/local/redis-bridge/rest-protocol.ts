/** One command, its arguments as text. */
export type Command = readonly [string, ...string[]];

export type RestRequest =
  | { readonly route: 'single'; readonly commands: readonly [Command] }
  | { readonly route: 'pipeline' | 'multi-exec'; readonly commands: readonly Command[] };

/** A request that the REST endpoint refuses, with its status. */
export class RestError extends Error {
  override name = 'RestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Parses a request: `POST /` with a command array, `POST /pipeline` and `POST /multi-exec` with arrays of them, or
 * the command in the path, where a body becomes the last argument and the query follows it.
 *
 * @throws {RestError} 400 for an invalid command.
 */
export function parseRequest(method: string, target: URL, body: Buffer): RestRequest {
  const segments = target.pathname.split('/').filter((segment) => segment !== '');
  const [first] = segments;
  if (method === 'POST' && (first === 'pipeline' || first === 'multi-exec') && segments.length === 1) {
    const list = parseJson(body);
    if (!Array.isArray(list)) throw new RestError(400, 'ERR failed to parse pipeline request');
    if (list.length === 0) throw new RestError(400, 'ERR empty pipeline request');
    return { route: first, commands: list.map(toCommand) };
  }
  if (segments.length === 0) {
    if (method !== 'POST') throw new RestError(400, 'ERR empty command');
    return { route: 'single', commands: [toCommand(parseJson(body))] };
  }
  const command = segments.map(decodePart);
  if (body.length > 0) command.push(body.toString());
  for (const [name, value] of target.searchParams) {
    if (name === '_token') continue;
    command.push(name);
    if (value !== '') command.push(value);
  }
  return { route: 'single', commands: [toCommand(command)] };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new RestError(400, 'ERR failed to parse command');
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RestError(400, 'ERR failed to parse command');
  }
}

/** Numbers and booleans become text; null and nested values are refused. */
function toCommand(value: unknown): Command {
  if (!Array.isArray(value)) throw new RestError(400, 'ERR failed to parse command');
  const [name, ...rest] = value.map((argument: unknown) => {
    if (typeof argument === 'string') return argument;
    if (typeof argument === 'number' || typeof argument === 'boolean') return String(argument);
    throw new RestError(400, `ERR null args are not supported`);
  });
  if (name === undefined || name === '') throw new RestError(400, 'ERR empty command');
  return [name, ...rest];
}

/** Commands that need a connection of their own, block, or manage the server: not available over REST. */
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

/** The read-only token does not allow scanning all keys. */
const REFUSED_READ_ONLY = new Set(['KEYS', 'SCAN']);

/**
 * @param readCommands the commands that the server itself calls read-only, in upper case; null for the token that may
 *   write.
 * @returns the error that replaces the command's reply, or null when it may run.
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

/** Removes Upstash's own flag from a script's first line, because redis-server does not support it. */
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

/** The reply of a command, as the client returns it: strings as bytes, errors as values. */
export type Reply = string | number | null | Buffer | Error | readonly Reply[];

type Json = string | number | null | readonly Json[] | { readonly error: string };

/** `{result}` or `{error}`, the REST endpoint's response for one command. */
export function encodeReply(reply: Reply, base64: boolean): { result: Json } | { error: string } {
  if (reply instanceof Error) return { error: reply.message };
  // Only this word, and only on its own, is kept.
  if (base64 && String(reply) === 'OK' && !Array.isArray(reply)) return { result: 'OK' };
  return { result: encode(reply, base64) };
}

function encode(reply: Reply, base64: boolean): Json {
  if (reply === null || typeof reply === 'number') return reply;
  if (reply instanceof Error) return { error: reply.message };
  if (typeof reply === 'string' || Buffer.isBuffer(reply)) {
    return base64 ? Buffer.from(reply).toString('base64') : reply.toString();
  }
  return (reply as readonly Reply[]).map((item) => encode(item, base64));
}
