import { hc } from 'hono/client';
// The type alone: nothing of the API's code comes into the page.
import type { ApiApp } from '../../../../workers/api/app.ts';
import { readAnswer } from './read-answer.ts';

/** The API's own Worker serves the page; a page that lives elsewhere is built with its address. */
const { v1 } = hc<ApiApp>(import.meta.env.VITE_API_URL ?? '/');

/** Longer than any answer should take, shorter than anyone waits. */
const PATIENCE = 15_000;

/**
 * The page asks only when something has changed, so that an answer out of the browser's cache would be an old one:
 * every request is checked with the API, which says 304 where nothing is new.
 */
const until = (signal: AbortSignal) => ({
  init: { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]), cache: 'no-cache' as const },
});

/** Names one series in a query, where everything is text. */
const seriesQuery = (storeNbr: number, family: string) => ({ store_nbr: String(storeNbr), family });

/** The questions that the page asks. Each fails with an `ApiError`. */
export const requests = {
  catalog: (signal: AbortSignal) => readAnswer(v1.catalog.$get({}, until(signal))),
  live: (signal: AbortSignal) => readAnswer(v1.sales.live.$get({}, until(signal))),
  champion: (signal: AbortSignal) => readAnswer(v1.models.champion.$get({}, until(signal))),
  pipeline: (signal: AbortSignal) => readAnswer(v1.pipeline.$get({}, until(signal))),
  daily: (storeNbr: number, family: string, days: number, signal: AbortSignal) =>
    readAnswer(
      v1.sales.daily.$get({ query: { ...seriesQuery(storeNbr, family), days: String(days) } }, until(signal)),
    ),
  forecast: (storeNbr: number, family: string, signal: AbortSignal) =>
    readAnswer(v1.forecasts.$get({ query: seriesQuery(storeNbr, family) }, until(signal))),
};
