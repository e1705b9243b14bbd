import type { EpochMs } from '../calendar/business-clock.ts';
import { findForecasts, type PublishedForecasts } from './batch-forecasts.ts';
import { openLegacyForecasts } from './legacy-forecasts.ts';
import { isOfLegacyStore } from './legacy-publication.ts';
import { type ObjectReader, type Publication, readRef } from './publication.ts';

/**
 * Opens the forecasts of a publication.
 *
 * @param now in the old layout, the newest forecasts are searched for backwards from here
 * @returns null for a publication without forecasts
 * @throws {InvalidObjectError} when they are missing or damaged
 */
export async function openPublishedForecasts(
  objects: ObjectReader,
  publication: Publication,
  now: EpochMs,
): Promise<PublishedForecasts | null> {
  const { forecasts } = publication;
  if (!forecasts) return isOfLegacyStore(publication) ? openLegacyForecasts(objects, publication, now) : null;
  const bytes = await (await readRef(objects, forecasts.object)).bytes();
  return {
    modelVersion: forecasts.model_version,
    origin: forecasts.origin,
    find: async (series) => (await findForecasts(bytes, series)).points,
  };
}
