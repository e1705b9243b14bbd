import { createClient, ErrorReply, RESP_TYPES } from 'redis';
import type { Command, Reply } from './rest-protocol.ts';

/** Connections to one redis-server. Replies have their strings as bytes and the server's errors as values. */
export interface RedisConnections {
  /** @throws when the server is not there. */
  run(commands: readonly Command[]): Promise<Reply[]>;
  /** All commands as one transaction; one error when the server refused it as a whole. */
  transaction(commands: readonly Command[]): Promise<Reply[] | Error>;
  /** For counting; not part of what is counted. */
  info(section: string): Promise<string>;
  /** Names of the commands that the server calls read-only, in upper case. */
  readCommands(): Promise<ReadonlySet<string>>;
  close(): void;
}

const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const;

/** A cut connection is made again after so long, until the server is given up. */
const RECONNECT_MS = 100;

/** @throws when the server is not there. */
export async function connectRedis(port: number, password: string): Promise<RedisConnections> {
  const connect = async () => {
    let isConnected = false;
    const client = createClient({
      RESP: 2,
      password,
      // A command in flight when the connection breaks must not be sent again.
      disableOfflineQueue: true,
      socket: { host: '127.0.0.1', port, reconnectStrategy: () => isConnected && RECONNECT_MS },
    });
    client.on('error', () => undefined);
    await client.connect();
    isConnected = true;
    return client;
  };
  const [commands, transactions, management] = await Promise.all([connect(), connect(), connect()]);

  const send = async (client: typeof commands, command: readonly string[]): Promise<Reply> => {
    try {
      return await client.sendCommand<Reply & undefined>([...command], AS_BYTES);
    } catch (error) {
      if (error instanceof ErrorReply) return error;
      throw error;
    }
  };

  return {
    run: (list) => Promise.all(list.map((command) => send(commands, command))),
    transaction: async (list) => {
      // All are written at once, so that commands of another transaction cannot come between them.
      const answers = await Promise.all(
        [['MULTI'], ...list, ['EXEC']].map((command) => send(transactions, command)),
      );
      const result = answers.at(-1);
      return Array.isArray(result)
        ? (result as Reply[])
        : result instanceof Error
          ? result
          : new Error('ERR no EXEC');
    },
    info: async (section) => String(await send(management, ['INFO', section])),
    readCommands: async () => {
      const all = (await send(management, ['COMMAND'])) as readonly [Reply, number, readonly Reply[]][];
      const reads = all.filter(([, , flags]) => flags.some((flag) => String(flag) === 'readonly'));
      return new Set(reads.map(([name]) => String(name).toUpperCase()));
    },
    close: () => {
      for (const client of [commands, transactions, management]) if (client.isOpen) client.destroy();
    },
  };
}
