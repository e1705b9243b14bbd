import { hc } from 'hono/client';
import type { ApiApp } from './app.ts';

/** A named type, so that editors need not infer the type of every route at every use. */
export type ApiClient = ReturnType<typeof hc<ApiApp>>;

/**
 * A client whose paths, parameters and bodies are those of the API's routes. Only types come from the API: its code
 * is not bundled.
 *
 * @param baseUrl e.g. `https://demand.example.com`, or `/` in a page that the API's own Worker serves
 * @example
 * const client = createApiClient('https://demand.example.com');
 * const response = await client.v1.forecasts.$get({ query: { store_nbr: '44', family: 'GROCERY I' } });
 * if (response.ok) console.log((await response.json()).points);
 */
export function createApiClient(baseUrl: string, options?: Parameters<typeof hc>[1]): ApiClient {
  return hc<ApiApp>(baseUrl, options);
}
