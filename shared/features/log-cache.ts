const SLOT_BITS = 13;
const SLOTS = 1 << SLOT_BITS;

/** Takes logarithms of whole numbers and remembers them: a series' windows hold the same days again and again. */
export type LogOf = (count: number) => number;

/**
 * log1p(count / divisor) of whole numbers from 0 to 2^31 - 1, each from a slot of its own unless two numbers meet
 * in one: then the later displaces the earlier. The bits are those of Math.log1p.
 */
export function createLogCache(divisor: number): LogOf {
  const counts = new Int32Array(SLOTS).fill(-1);
  const logs = new Float64Array(SLOTS);
  return (count) => {
    // Multiplying by 2^32 over the golden ratio spreads neighbours evenly (Knuth, TAOCP 3, 6.4).
    const slot = Math.imul(count, 0x9e3779b1) >>> (32 - SLOT_BITS);
    if (counts[slot] !== count) {
      counts[slot] = count;
      logs[slot] = Math.log1p(count / divisor);
    }
    return logs[slot] as number;
  };
}

/** log1p(units) of milli-units. */
export const logUnits: LogOf = createLogCache(1000);

/** log1p of tickets, or of items on promotion. */
export const logCount: LogOf = createLogCache(1);
