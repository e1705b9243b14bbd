import type { DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { defineFeatures } from './feature.ts';
import { HORIZON } from './horizon.ts';
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

/** Whether the days around the target are closed: customers buy on the day before what they need on a closed day. */
export const CLOSURE_FEATURES = defineFeatures<Targets>('closure', [
  [
    'closed_day_before',
    '1 when the store is closed on the day before the target, and of the origin no demand is known',
    ({ history, origin, count, h }, out, at, stride) => {
      const last = origin - history.firstDay;
      for (let i = 0; i < count; i++) {
        const before = last + (h[i] as number) - 1;
        const isClosed =
          isClosedOn(history, before) && (before > last || valueAt(history.milliUnits, last, MISSING) < 0);
        out[at + i * stride] = isClosed ? 1 : 0;
      }
    },
  ],
  [
    'closed_day_after',
    '1 when the store is closed on the day after the target',
    ({ history, origin, count, h }, out, at, stride) => {
      const last = origin - history.firstDay;
      for (let i = 0; i < count; i++) {
        out[at + i * stride] = isClosedOn(history, last + (h[i] as number) + 1) ? 1 : 0;
      }
    },
  ],
]);

function isClosedOn({ closed }: SeriesHistory, day: number): boolean {
  return closed?.[day] === 1;
}
