import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { type Dataset, seriesKeysOf } from '../dataset.ts';
import { isReplayed, type TravelQuestion } from '../decide-travel.ts';
import { isSameRetailer } from '../same-retailer.ts';
import { moveBy, travel } from '../time-travel.ts';

/** Thrown when files, publication and feature store do not belong together. */
export class PlacementError extends Error {
  override name = 'PlacementError';
}

export interface Placement {
  readonly dataset: Dataset;
  /** First day that arrives, or arrived, live. */
  readonly liveFrom: IsoDate;
  /** Whether the days from then on are replayed; else the dataset is learned from to its last day. */
  readonly isReplayed: boolean;
}

/**
 * Decides by how many days a dataset is moved and on which day its live part begins.
 *
 * A store that is open has counted days under certain dates, so it decides: live sales began when it was opened, and
 * the dataset stays where its publication has put it. Without one a dataset that is replayed is moved anew, so that live
 * sales begin today; any other stays, and they begin on the day after its last.
 *
 * @throws {PlacementError} when the publication is of another retailer than this, or moved although nothing is to be
 * @throws {TimeTravelError} as `travel` does
 */
export function placeInTime(dataset: Dataset, request: TravelQuestion): Placement {
  const { timeTravel, today, published, openFrom } = request;
  const replayed = isReplayed(dataset, request);
  if (openFrom === null) {
    const moved = travel(dataset, replayed ? today : null);
    const { firstDay, dayCount } = moved.panel;
    const liveFrom = replayed ? today : toIsoDate(firstDay + dayCount);
    return { dataset: moved, liveFrom, isReplayed: replayed };
  }
  const otherwise = 'Or train without its live days (--no-live), or empty the store to begin anew';
  const range = { dataset: dataset.name, series: seriesKeysOf(dataset) };
  if (published && !isSameRetailer(published, range)) {
    throw new PlacementError(
      `the feature store has counted live sales since ${openFrom} of what is published, dataset ` +
        `"${published.dataset}", but this is "${dataset.name}". Use that dataset. ${otherwise}`,
    );
  }
  if (published && timeTravel === false && published.shift_days !== 0) {
    throw new PlacementError(
      `the published dataset was moved by ${published.shift_days} days, and the feature store has counted live ` +
        `sales under those dates since ${openFrom}. Leave out --no-time-travel. ${otherwise}`,
    );
  }
  const placed = published
    ? moveBy(dataset, published.shift_days)
    : travel(dataset, replayed ? openFrom : null);
  if (placed.panel.firstDay >= toDayNumber(openFrom)) {
    throw new PlacementError(
      `dataset "${dataset.name}" starts on ${toIsoDate(placed.panel.firstDay)}, but the feature store has counted live ` +
        `sales since ${openFrom}: there is no history before them. Use files that reach further back. ${otherwise}`,
    );
  }
  return { dataset: placed, liveFrom: openFrom, isReplayed: replayed };
}
