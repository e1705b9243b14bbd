import { parentOf } from '../processes/find-processes.ts';

const POLL_MS = 1000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Waits for the end of this process: Ctrl-C, a signal, a closed terminal, or the end of the npm that started it, which
 * does not pass every signal on. No other listener is heard from then on: Miniflare's own would end the process
 * immediately, in the middle of a run, and a regular exit does the same clean-up. A second signal ends the process as
 * usual.
 *
 * @returns what ends it.
 */
export function endOfProcess(): Promise<string> {
  // A closed terminal takes no more output, which must not end the process before it has cleaned up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.removeAllListeners(signal);
      process.once(signal, resolve);
    }
    process.on('newListener', (event, listener) => {
      // It is added after this event.
      if (SIGNALS.some((signal) => signal === event)) queueMicrotask(() => process.off(event, listener));
    });
    if (process.env.npm_lifecycle_event !== undefined) void endOfNpm().then(resolve);
  });
}

/** npm runs a shell, which some systems keep between npm and this process: either may lose its parent. */
async function endOfNpm(): Promise<string> {
  const ancestors = async () => [process.ppid, await parentOf(process.ppid)].join();
  const before = await ancestors();
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      if ((await ancestors()) === before) return;
      clearInterval(timer);
      resolve('end of npm');
    }, POLL_MS).unref();
  });
}
