import { createDurableSalesStore } from '../../../../../shared/sales-store/durable/durable-sales-store.ts';
import { describeSentSales } from '../../../../contract/describe-sent-sales.ts';
import { bindings } from '../../../bindings.ts';

let stores = 0;

describeSentSales(async () => {
  stores++;
  return createDurableSalesStore(bindings.SALES_STORE, `sent sales ${stores}`);
}, 15);
