import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import type { Fault } from '../../workers/local/redis-bridge/rest-server.ts';

/** An empty store whose network and machine can be made to fail. */
export interface FaultTarget {
  readonly store: SalesStore;
  /** Chooses what goes wrong with each request from now on; null: nothing. */
  setNetwork(choose: (() => Fault | null) | null): void;
  /** Kills the database as a power loss would and starts it again on the same files. */
  killDatabase(): Promise<void>;
  /** Breaks every connection to the database, or ends the object that is one. */
  restartEndpoint(): Promise<void>;
}
