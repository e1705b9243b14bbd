/** Stands where content will be, in its size, so that nothing jumps when it comes. */
export function Skeleton({ shape }: { readonly shape: 'number' | 'line' | 'chart' | 'tall-chart' | 'rows' }) {
  return <div class={`skeleton skeleton-${shape}`} aria-hidden="true" />;
}
