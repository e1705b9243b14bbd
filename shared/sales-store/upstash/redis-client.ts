import { Redis } from '@upstash/redis/cloudflare';

/** What the adapter uses of a client; tests put faults between the two. */
export interface RedisClient {
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
  evalRo(script: string, keys: string[], args: string[]): Promise<unknown>;
  /** Any command. */
  exec(command: [string, ...string[]]): Promise<unknown>;
  /** Several commands in one request, in order; not a transaction. */
  pipeline(commands: readonly (readonly [string, ...string[]])[]): Promise<readonly unknown[]>;
}

export interface UpstashAccess {
  /** UPSTASH_REDIS_REST_URL */
  readonly url: string;
  /** UPSTASH_REDIS_REST_TOKEN */
  readonly token: string;
  /** After this long a request fails, whether it was carried out or not. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * A client whose settings leave what is sent and what comes back alone: no retries (the client would retry what may
 * not be), no automatic pipelining (it sends reads and writes apart and loses their order), no guessing of types (it
 * would round long ids), replies as plain JSON, and a fresh time limit for each request.
 */
export function createUpstashClient({ url, token, timeoutMs = TIMEOUT_MS }: UpstashAccess): RedisClient {
  const redis = new Redis({
    url,
    token,
    retry: { retries: 0 },
    enableAutoPipelining: false,
    automaticDeserialization: false,
    responseEncoding: false,
    enableTelemetry: false,
    // Fetch may refuse bodies above 64 KiB on requests that outlive their page.
    keepAlive: false,
    signal: () => AbortSignal.timeout(timeoutMs),
  });
  return {
    eval: (script, keys, args) => redis.eval(script, keys, args),
    evalRo: (script, keys, args) => redis.evalRo(script, keys, args),
    exec: (command) => redis.exec(command),
    pipeline: async (commands) => {
      const pipeline = redis.pipeline();
      for (const [name, key = '', field = ''] of commands) {
        if (name !== 'HGET') throw new TypeError(`${name} is not used in pipelines`);
        pipeline.hget(key, field);
      }
      return pipeline.exec<unknown[]>();
    },
  };
}
