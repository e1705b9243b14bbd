/** Number of days ahead that are forecast. */
export const HORIZON = 16;

/** 1..`HORIZON`. */
export const HORIZONS = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);

/** Days after the origin whose planned promotions and closures are read: those of every target and of the day after the last. */
export const PLANNED_DAYS = HORIZON + 1;
