import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface CardProps {
  readonly title: string;
  /** Which card it is, for the layout: `card-<name>`. */
  readonly name: string;
  /** Beside the title: a choice, a date. */
  readonly aside?: ComponentChildren;
  /** The card's numbers are not there yet, or belong to what was shown before. */
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}

/** One subject of the page: a region named by its heading. */
export function Card({ title, name, aside, busy = false, children }: CardProps) {
  const heading = useId();
  return (
    <section class={`card card-${name}`} aria-labelledby={heading} aria-busy={busy}>
      <header class="card-head">
        <h2 id={heading}>{title}</h2>
        {aside && <div class="card-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
