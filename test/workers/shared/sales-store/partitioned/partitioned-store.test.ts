import { createDurableSalesStore } from '../../../../../shared/sales-store/durable/durable-sales-store.ts';
import { describePartitionedStore } from '../../../../contract/describe-sales-store.ts';
import { bindings } from '../../../bindings.ts';

let stores = 0;

describePartitionedStore('the embedded store', async () => {
  stores++;
  return createDurableSalesStore(bindings.SALES_STORE, `partition contract ${stores}`);
});
