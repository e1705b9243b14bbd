import { createDurableSalesStore } from '../../../../../shared/sales-store/durable/durable-sales-store.ts';
import { describeSalesStore } from '../../../../contract/describe-sales-store.ts';
import { bindings } from '../../../bindings.ts';

let stores = 0;

describeSalesStore('the embedded store', async () => {
  stores++;
  return createDurableSalesStore(bindings.SALES_STORE, `contract ${stores}`);
});
