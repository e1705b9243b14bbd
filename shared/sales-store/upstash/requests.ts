import { UserError } from '../../errors/user-error.ts';
import type { LuaScript } from './lua-script.ts';
import type { RedisClient } from './redis-client.ts';

/** The database did not answer, or refused a request. Whether a write was carried out is not known: call again. */
export class UpstashStoreError extends UserError {
  override name = 'UpstashStoreError';
}

/** Requests to the database, every failure reported without the command, which may hold customers' data. */
export interface Requests {
  write(script: LuaScript, keys: string[], args: string[]): Promise<unknown>;
  read(script: LuaScript, keys: string[], args: string[]): Promise<unknown>;
  command(what: string, command: [string, ...string[]]): Promise<unknown>;
  /** One request; nothing is sent for no commands. */
  pipeline(what: string, commands: readonly (readonly [string, ...string[]])[]): Promise<readonly unknown[]>;
}

/**
 * The reply of a command that answers with texts, or null for what is not there.
 *
 * @throws {UpstashStoreError} for any other reply: another server answers.
 */
export function toTextsOrNulls(reply: unknown): readonly (string | null)[] {
  const isOne = (item: unknown): item is string | null => item === null || typeof item === 'string';
  if (Array.isArray(reply) && reply.every(isOne)) return reply;
  throw new UpstashStoreError('the reply is not a list of texts');
}

/**
 * The reply of a command that answers with texts.
 *
 * @throws {UpstashStoreError} for any other reply: another server answers.
 */
export function toTexts(reply: unknown): readonly string[] {
  const isOne = (item: unknown): item is string => typeof item === 'string';
  if (Array.isArray(reply) && reply.every(isOne)) return reply;
  throw new UpstashStoreError('the reply is not a list of texts');
}

const MAX_MESSAGE_LENGTH = 200;

export function createRequests(redis: RedisClient): Requests {
  return {
    write: (script, keys, args) => guard(script.name, () => redis.eval(script.source, keys, args)),
    read: (script, keys, args) => guard(script.name, () => redis.evalRo(script.source, keys, args)),
    command: (what, command) => guard(what, () => redis.exec(command)),
    pipeline: (what, commands) =>
      commands.length === 0 ? Promise.resolve([]) : guard(what, () => redis.pipeline(commands)),
  };
}

/** The cause is left out on purpose: the client's own error carries the whole command. */
async function guard<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw new UpstashStoreError(`${what}: ${describe(error)}`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  // The runtime hides why it could not connect in the cause, and that names an address, not a command.
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  // What the script or the server says stands before the command, or is the body of another server.
  const [message = ''] = error.message.split(', command was: ');
  const text =
    error.name === 'UpstashJSONParseError' ? 'the answer is not that of a Redis REST server' : message;
  return `${text.slice(0, MAX_MESSAGE_LENGTH)}${code}`;
}
