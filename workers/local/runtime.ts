import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler';
import { StartError } from './start-error.ts';

export interface RuntimeOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Receives every line that a Worker logs. */
  readonly onLog: (level: string, message: string) => void;
}

/** The part of wrangler's options that is read here; the rest is handed on as it is. */
interface WorkerOptions {
  readonly bindings?: Readonly<Record<string, string>>;
  readonly cronTriggers?: string[];
}

type ResolvedConfig = Parameters<typeof unstable_getMiniflareWorkerOptions>[0];

/**
 * What wrangler.toml says of a Worker. Its secrets are left out: they come with the variables of a start.
 *
 * @param environment the standalone Worker when left out.
 */
export function readWorkerOptions(root: string, environment?: string): WorkerOptions {
  const { secrets: _, ...config }: ResolvedConfig = unstable_readConfig(
    { config: join(root, 'wrangler.toml'), ...(environment !== undefined && { env: environment }) },
    { hideWarnings: true },
  );
  return unstable_getMiniflareWorkerOptions(config, environment).workerOptions as WorkerOptions;
}

type Workers = Extract<Parameters<typeof convertV4MiniflareOptions>[0], { workers: unknown }>['workers'];

/**
 * Starts workerd with these Workers; the first of them answers requests.
 *
 * @throws {StartError} when the address is taken or workerd cannot start.
 */
export async function startRuntime(
  { dataDir, host, port, onLog }: RuntimeOptions,
  workers: Workers,
): Promise<{ readonly miniflare: Miniflare; readonly url: URL }> {
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host,
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ level, message }) => onLog(level, message),
      workers,
    }),
    logRequests: false,
    resourcePersistencePath: join(dataDir, 'state'),
  });
  try {
    return { miniflare, url: await miniflare.ready };
  } catch (error) {
    throw new StartError(
      `The Workers runtime did not start: ${error instanceof Error ? error.message : String(error)}`,
      `Is ${host}:${port} free? Is ${dataDir} writable and used by no other instance?`,
      { cause: error },
    );
  }
}
