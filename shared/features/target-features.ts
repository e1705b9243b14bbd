import type { DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { defineFeatures } from './feature.ts';
import { HORIZON, PLANNED_DAYS } from './horizon.ts';
import { type SeriesHistory, valueAt } from './series-history.ts';

/** The days that are forecast from one origin, a row each. Working space. */
export interface Targets {
  history: SeriesHistory;
  origin: DayNumber;
  /** Rows in use. */
  count: number;
  /** Days from the origin to the target, 1..`HORIZON`. */
  readonly h: Uint8Array;
  /** `weekdayLag` of each. */
  readonly lag: Uint8Array;
}

const NO_HISTORY: SeriesHistory = {
  firstDay: 0,
  milliUnits: new Int32Array(),
  onpromotion: new Uint16Array(),
  tickets: new Int32Array(),
};

export function createTargets(): Targets {
  return {
    history: NO_HISTORY,
    origin: 0,
    count: 0,
    h: new Uint8Array(HORIZON),
    lag: new Uint8Array(HORIZON),
  };
}

export const HORIZON_FEATURES = defineFeatures<Targets>('horizon', [
  [
    'horizon',
    'days from the origin to the target, 1..16',
    ({ count, h }, out, at, stride) => {
      for (let i = 0; i < count; i++) out[at + i * stride] = h[i] as number;
    },
  ],
]);

/** Closed days of one run that are told apart. */
const LONGEST_RUN = 7;

/** The closed days around the target: customers buy on the days before what they need on closed ones, and catch up later. */
export const CLOSURE_FEATURES = defineFeatures<Targets>('closure', [
  [
    'closed_days_before',
    'days on end, up to 7, on which the store is closed before the target, from the origin on; of the origin no demand is known',
    ({ history, origin, count, h }, out, at, stride) => {
      const last = origin - history.firstDay;
      const first = valueAt(history.milliUnits, last, MISSING) < 0 ? last : last + 1;
      for (let i = 0; i < count; i++) {
        const target = last + (h[i] as number);
        let days = 0;
        while (days < LONGEST_RUN && target - days - 1 >= first && isClosedOn(history, target - days - 1))
          days++;
        out[at + i * stride] = days;
      }
    },
  ],
  [
    'closed_days_after',
    'days on end, up to 7 and up to 17 days from the origin, on which the store is closed after the target',
    ({ history, origin, count, h }, out, at, stride) => {
      const last = origin - history.firstDay;
      for (let i = 0; i < count; i++) {
        const target = last + (h[i] as number);
        const most = Math.min(LONGEST_RUN, PLANNED_DAYS - (h[i] as number));
        let days = 0;
        while (days < most && isClosedOn(history, target + days + 1)) days++;
        out[at + i * stride] = days;
      }
    },
  ],
]);

function isClosedOn({ closed }: SeriesHistory, day: number): boolean {
  return closed?.[day] === 1;
}
