import { env } from 'cloudflare:workers';
import type { SalesStoreObject } from '../../shared/sales-store/durable/sales-store-object.ts';

/** The bindings of wrangler.toml that the tests reach for. */
interface TestBindings {
  readonly SALES_STORE: DurableObjectNamespace<SalesStoreObject>;
  readonly PIPELINE_STATUS: DurableObjectNamespace;
  readonly ARTIFACTS: R2Bucket;
}

export const bindings = env as unknown as TestBindings;
