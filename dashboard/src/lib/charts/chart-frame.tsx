import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { moveCursor, nearestPosition, placeTooltip, type Scale } from './geometry.ts';

export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

interface ChartFrameProps {
  readonly height: number;
  /** The whole chart in words. */
  readonly summary: string;
  /** The unit of the cursor's steps, e.g. `Day`. */
  readonly cursorLabel: string;
  /** Equally spaced positions of the cursor. */
  readonly count: number;
  /** Initial position of the cursor with the keyboard. */
  readonly start: number;
  /** Step of Page Up and Page Down. */
  readonly page: number;
  readonly xOf: (position: number, width: number) => number;
  readonly describe: (position: number) => string;
  readonly tooltip: (position: number) => ComponentChildren;
  /** Draws the chart, and the marks of the cursor's position when there is one. */
  readonly children: (width: number, position: number | null) => ComponentChildren;
}

const TOOLTIP_WIDTH = 222;

/** A chart as wide as its container, with a cursor for mouse, touch and keyboard, and a tooltip. */
export function ChartFrame(props: ChartFrameProps) {
  const { height, count, xOf } = props;
  const { ref, width } = useWidth<HTMLDivElement>();
  const [held, setHeld] = useState<number | null>(null);
  const position = held === null || count === 0 ? null : Math.min(held, count - 1);
  const x = position === null ? 0 : xOf(position, width);

  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setHeld(nearestPosition(event.clientX - box.left, xOf(0, width), xOf(count - 1, width), count));
  };
  const step = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return setHeld(null);
    const target = moveCursor(event.key, position ?? props.start, count, props.page);
    if (target === null) return;
    event.preventDefault();
    setHeld(target);
  };

  return (
    <div class="chart" ref={ref} style={{ height: `${height}px` }}>
      {width > 0 && (
        <svg role="img" aria-label={props.summary} width={width} height={height}>
          {props.children(width, position)}
        </svg>
      )}
      {width > 0 && count > 0 && (
        <div
          class="chart-cursor"
          role="slider"
          tabIndex={0}
          aria-label={props.cursorLabel}
          aria-valuemin={1}
          aria-valuemax={count}
          aria-valuenow={(position ?? props.start) + 1}
          aria-valuetext={props.describe(position ?? props.start)}
          onPointerMove={follow}
          onPointerDown={follow}
          onPointerLeave={() => setHeld(null)}
          onKeyDown={step}
          onBlur={() => setHeld(null)}
        />
      )}
      {position !== null && (
        <div
          class="tooltip"
          aria-hidden="true"
          style={{ left: `${placeTooltip(x, TOOLTIP_WIDTH, width)}px`, width: `${TOOLTIP_WIDTH}px` }}
        >
          {props.tooltip(position)}
        </div>
      )}
    </div>
  );
}

interface ValueAxisProps {
  readonly ticks: readonly number[];
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly write: (value: number) => string;
}

/** Horizontal grid lines with their numbers. */
export function ValueAxis({ ticks, y, left, right, write }: ValueAxisProps) {
  return (
    <g class="axis">
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            class={tick === 0 ? 'axis-base' : 'axis-grid'}
            x1={left}
            x2={right}
            y1={y(tick)}
            y2={y(tick)}
          />
          <text class="axis-label" x={left - 8} y={y(tick)} dy="0.32em" text-anchor="end">
            {write(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface TooltipRowProps {
  /** The mark of the chart, a class of `.key`. */
  readonly mark?: string;
  readonly label: string;
  readonly value: string;
}

export function TooltipRow({ mark, label, value }: TooltipRowProps) {
  return (
    <div class="tooltip-row">
      <span class="tooltip-label">
        {mark && <i class={`key ${mark}`} />}
        {label}
      </span>
      <span class="tooltip-value">{value}</span>
    </div>
  );
}

export interface LegendEntry {
  /** The mark as the chart draws it, a class of `.key`. */
  readonly mark: string;
  readonly label: string;
}

export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  return (
    <ul class="legend" aria-label="Legend">
      {entries.map((entry) => (
        <li key={entry.mark}>
          <i class={`key ${entry.mark}`} />
          {entry.label}
        </li>
      ))}
    </ul>
  );
}

/** The current width of an element in whole pixels; 0 before it is known. */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
