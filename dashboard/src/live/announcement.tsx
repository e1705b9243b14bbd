import { useEffect, useRef, useState } from 'preact/hooks';
import { timeUntilAnnouncement } from './announcement-pace.ts';

/** Speaks the newest text to screen readers, but not with every tick. */
export function Announcement({ text }: { readonly text: string }) {
  const [spoken, setSpoken] = useState(text);
  const spokenAt = useRef(performance.now());

  useEffect(() => {
    if (text === spoken) return;
    const wait = timeUntilAnnouncement(spokenAt.current, performance.now());
    const timer = setTimeout(() => {
      spokenAt.current = performance.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, spoken]);

  return (
    <p class="visually-hidden" aria-live="polite">
      {spoken}
    </p>
  );
}
