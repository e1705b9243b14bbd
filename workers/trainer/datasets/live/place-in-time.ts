import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../dataset.ts';
import { moveBy, travel } from '../time-travel.ts';

/** Thrown when files, publication and feature store do not belong together. */
export class PlacementError extends Error {
  override name = 'PlacementError';
}

export interface PlacementRequest {
  /** Moves the dataset so that it has days ahead; false leaves its dates as they are. */
  readonly timeTravel: boolean;
  readonly today: IsoDate;
  /** What is published where the run publishes to; null where nothing is. */
  readonly published: Pick<Catalog, 'dataset' | 'shift_days'> | null;
  /** First day that the feature store counts from the stream; null where it is not open, or there is none. */
  readonly openFrom: IsoDate | null;
}

/**
 * Decides by how many days a dataset is moved and on which day its live part begins.
 *
 * A store that is open has counted days under certain dates, so it decides: live sales began when it was opened, and
 * the dataset stays where its publication has put it. Without one the dataset is moved anew, so that live sales begin
 * today; or, without time travel, on the day after its last.
 *
 * @throws {PlacementError} when the publication is of another dataset than this, or moved although nothing is to be
 * @throws {TimeTravelError} as `travel` does
 */
export function placeInTime(
  dataset: Dataset,
  { timeTravel, today, published, openFrom }: PlacementRequest,
): { readonly dataset: Dataset; readonly liveFrom: IsoDate } {
  if (openFrom === null) {
    const moved = travel(dataset, timeTravel ? today : null);
    const { firstDay, dayCount } = moved.panel;
    return { dataset: moved, liveFrom: timeTravel ? today : toIsoDate(firstDay + dayCount) };
  }
  const otherwise = 'Or train without its live days (--no-live), or empty the store to begin anew';
  if (published && published.dataset !== dataset.name) {
    throw new PlacementError(
      `the feature store has counted live sales since ${openFrom} of what is published, dataset ` +
        `"${published.dataset}", but this is "${dataset.name}". Use that dataset. ${otherwise}`,
    );
  }
  if (published && !timeTravel && published.shift_days !== 0) {
    throw new PlacementError(
      `the published dataset was moved by ${published.shift_days} days, and the feature store has counted live ` +
        `sales under those dates since ${openFrom}. Leave out --no-time-travel. ${otherwise}`,
    );
  }
  const placed = published
    ? moveBy(dataset, published.shift_days)
    : travel(dataset, timeTravel ? openFrom : null);
  if (placed.panel.firstDay >= toDayNumber(openFrom)) {
    throw new PlacementError(
      `dataset "${dataset.name}" starts on ${toIsoDate(placed.panel.firstDay)}, but the feature store has counted live ` +
        `sales since ${openFrom}: there is no history before them. Use files that reach further back. ${otherwise}`,
    );
  }
  return { dataset: placed, liveFrom: openFrom };
}
