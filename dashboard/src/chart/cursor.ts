/** The position whose x is nearest to a pixel, for positions that lie at equal distances. */
export function nearestPosition(pixel: number, firstX: number, lastX: number, count: number): number {
  if (count <= 1 || lastX === firstX) return 0;
  const position = Math.round(((pixel - firstX) / (lastX - firstX)) * (count - 1));
  return Math.min(count - 1, Math.max(0, position));
}

/**
 * Where a key moves the cursor; null for a key that does not move it.
 *
 * @param page How far Page Up and Page Down go.
 */
export function moveCursor(key: string, position: number, count: number, page: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: position - 1,
    ArrowDown: position - 1,
    ArrowRight: position + 1,
    ArrowUp: position + 1,
    PageDown: position - page,
    PageUp: position + page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? null : Math.min(count - 1, Math.max(0, target));
}

/** Left edge of a tooltip beside x: to its right where there is room, else to its left, never outside. */
export function placeTooltip(x: number, width: number, chartWidth: number, gap = 14): number {
  if (x + gap + width <= chartWidth) return x + gap;
  return Math.max(0, Math.min(x - gap - width, chartWidth - width));
}
