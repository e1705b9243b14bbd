import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { LocalSystem } from '../local-system.ts';
import type { ReconcileTarget } from './reconcile-store.ts';

/** The store of a local system, whichever it is. */
export function targetOf({ store, audits, timeZone, objects }: LocalSystem): ReconcileTarget {
  return {
    store,
    audits,
    timeZone,
    readCatalog: async () => (await objects.get(objectKeys.catalog))?.text() ?? null,
  };
}
