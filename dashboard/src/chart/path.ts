/** A point in pixels; null breaks the line, for days whose value is not known. */
export type PathPoint = readonly [x: number, y: number] | null;

const at = (value: number): string => String(Math.round(value * 100) / 100);

/** The `d` of a line through the points, lifted at every gap. A point alone between gaps becomes a dot-long stroke. */
export function linePath(points: readonly PathPoint[]): string {
  let path = '';
  points.forEach((point, index) => {
    if (point === null) return;
    const joined = index > 0 && points[index - 1] !== null;
    path += `${joined ? 'L' : 'M'}${at(point[0])} ${at(point[1])}`;
    const alone = !joined && (points[index + 1] ?? null) === null;
    if (alone) path += 'h0.01';
  });
  return path;
}

/** The `d` of the area between two lines with the same x values, e.g. the band from p10 to p90. */
export function bandPath(
  points: readonly { readonly x: number; readonly low: number; readonly high: number }[],
): string {
  if (points.length === 0) return '';
  const top = points.map((point) => `${at(point.x)} ${at(point.high)}`);
  const bottom = points.toReversed().map((point) => `${at(point.x)} ${at(point.low)}`);
  return `M${[...top, ...bottom].join('L')}Z`;
}
