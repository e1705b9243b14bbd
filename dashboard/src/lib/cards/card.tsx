import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface CardProps {
  readonly title: string;
  /** The class of the card in the layout: `card-<name>`. */
  readonly name: string;
  /** Next to the title: a choice, a date. */
  readonly aside?: ComponentChildren;
  /** The card's numbers are not loaded yet, or belong to the previous selection. */
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

interface StatProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad' | undefined;
}

/** One number with its name above and a note beneath; for a `<dl class="stats">`. */
export function Stat({ label, value, note, tone = 'plain' }: StatProps) {
  return (
    <div class="stat">
      <dt>{label}</dt>
      <dd class={`stat-value tone-${tone}`}>{value}</dd>
      {note && <dd class="stat-note">{note}</dd>}
    </div>
  );
}

/** Placeholder with the size of the content, so that nothing jumps when it is loaded. */
export function Skeleton({ shape }: { readonly shape: 'number' | 'line' | 'chart' | 'tall-chart' | 'rows' }) {
  return <div class={`skeleton skeleton-${shape}`} aria-hidden="true" />;
}
