import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from '../format/numbers.ts';
import { tween } from './tween.ts';

const DURATION = 900;
const stillness = window.matchMedia('(prefers-reduced-motion: reduce)');

/** A number that runs to its new value; readers of the screen get the value itself from the announcement. */
export function TickingNumber({ value }: { readonly value: number }) {
  const [shown, setShown] = useState(value);
  const latest = useRef(shown);

  useEffect(() => {
    const from = latest.current;
    const show = (next: number) => {
      latest.current = next;
      setShown(next);
    };
    if (from === value) return;
    if (stillness.matches) return show(value);
    const start = performance.now();
    let frame = requestAnimationFrame(function draw(now) {
      const progress = (now - start) / DURATION;
      show(tween(from, value, progress));
      if (progress < 1) frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [value]);

  return <span class="ticking">{formatCount(shown)}</span>;
}
