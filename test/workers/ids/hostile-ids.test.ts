import { it } from 'vitest';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import { HOSTILE_FAMILIES, HOSTILE_STORES } from '../../support/ids/hostile-ids.ts';
import { followRetailer, hostileDataset } from '../../support/ids/hostile-pipeline.ts';
import { MemoryObjects } from '../../support/object-store/memory-objects.ts';
import { bindings } from '../bindings.ts';

it('ids as people have them come through a Durable Object with every number', async () => {
  const store = createDurableSalesStore(bindings.SALES_STORE, 'hostile ids');
  await followRetailer(hostileDataset(HOSTILE_STORES, HOSTILE_FAMILIES), [store], new MemoryObjects());
});
