import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackingConfiguration } from './configuration.ts';
import type { Target } from './send/sending.ts';

/** The target of a configuration, over the network. @param signal ends everything under way */
export function connect(configuration: TrackingConfiguration, signal?: AbortSignal): Target {
  const { experiment, model, ...connection } = configuration;
  return {
    experiment,
    model,
    connection: {
      ...connection,
      fetch,
      sleep: (ms) => sleep(ms),
      random: Math.random,
      ...(signal && { signal }),
    },
  };
}
