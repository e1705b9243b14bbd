import { hc } from 'hono/client';
// Only the type: none of the API's code is bundled into the page.
import type { ApiApp } from '../../../../workers/api/app.ts';
import { readAnswer } from './read-answer.ts';

/** The API's own Worker serves the page; a page hosted elsewhere is built with the API's address. */
const API_URL = import.meta.env.VITE_API_URL ?? '/';
const { v1 } = hc<ApiApp>(API_URL);

/** Timeout: longer than any response should take. */
const REQUEST_TIMEOUT_MS = 15_000;

/**
 * The page polls for changes, so that a response from the browser's cache would be outdated: every request is
 * revalidated with the API, which returns 304 where nothing is new.
 */
const until = (signal: AbortSignal) => ({
  init: {
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    cache: 'no-cache' as const,
  },
});

/** One series as query parameters. */
const seriesQuery = (storeNbr: string, family: string) => ({ store_nbr: storeNbr, family });

/** The address of a series' forecast as CSV. */
export function forecastCsvUrl(storeNbr: string, family: string): string {
  const query = new URLSearchParams({ ...seriesQuery(storeNbr, family), format: 'csv' });
  return `${API_URL.replace(/\/$/, '')}/v1/forecasts?${query}`;
}

/** The requests of the page. Each fails with an `ApiError`. */
export const requests = {
  catalog: (signal: AbortSignal) => readAnswer(v1.catalog.$get({}, until(signal))),
  live: (signal: AbortSignal) => readAnswer(v1.sales.live.$get({}, until(signal))),
  champion: (signal: AbortSignal) => readAnswer(v1.models.champion.$get({}, until(signal))),
  pipeline: (signal: AbortSignal) => readAnswer(v1.pipeline.$get({}, until(signal))),
  daily: (storeNbr: string, family: string, days: number, signal: AbortSignal) =>
    readAnswer(
      v1.sales.daily.$get({ query: { ...seriesQuery(storeNbr, family), days: String(days) } }, until(signal)),
    ),
  forecast: (storeNbr: string, family: string, signal: AbortSignal) =>
    readAnswer(v1.forecasts.$get({ query: seriesQuery(storeNbr, family) }, until(signal))),
};
