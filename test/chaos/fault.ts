import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosOptions, ChaosSystem } from './chaos-system.ts';

/** How the system is expected to be after a fault. */
export type Aftermath =
  /** It works again by itself, with everything that was acknowledged, and logs what happened. */
  | { readonly kind: 'recovers'; readonly says?: RegExp }
  /** It ended, and the next start works with everything that was acknowledged. */
  | { readonly kind: 'restart' };

/** Why a fault cannot be tried on this machine. */
export interface Impossible {
  readonly reason: string;
  /** Whether something is missing that continuous integration has to install. */
  readonly isService: boolean;
}

/** Something that happens to a running system; it takes back whatever would outlast it. */
export interface Fault {
  readonly name: string;
  /** Whether it can happen to such a system; to any by default. */
  readonly fits?: (options: ChaosOptions) => boolean;
  /** Why it cannot be tried on this machine; null or missing where it can. */
  readonly impossible?: Impossible | null;
  /** @throws when the fault did not happen, or the system did something that it never may. */
  apply(system: ChaosSystem, random: () => number): Promise<Aftermath>;
}

/**
 * Data are destroyed while the till is silent and everything has an answer: the next start refuses or says what is
 * gone, and what was acknowledged before may be.
 */
export interface Destruction extends Omit<Fault, 'apply'> {
  readonly says: RegExp;
  /** Ends the system and destroys data. */
  destroy(system: ChaosSystem, random: () => number): Promise<void>;
}

export const recovers: Aftermath = { kind: 'recovers' };
export const restart: Aftermath = { kind: 'restart' };

export const usesRedis = ({ store }: ChaosOptions): boolean => store === 'redis';
export const isEmbedded = ({ store }: ChaosOptions): boolean => store === 'embedded';

/** @throws with the exit code when it does not end as it should. */
export async function endCleanly(system: ChaosSystem): Promise<void> {
  system.process.signal('SIGTERM');
  const code = await system.process.exited;
  if (code !== 0) throw new Error(`SIGTERM ended it with ${code}:\n${system.process.output().slice(-2000)}`);
}

/** Waits until something is so. @throws with what it was when it takes longer. */
export async function until(what: string, isSo: () => boolean, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`within ${timeoutMs / 1000} s not so: ${what}`);
    await wait(100);
  }
}
