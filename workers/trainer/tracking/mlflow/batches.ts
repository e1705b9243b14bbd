import type { RunPart } from '../record/tracking-record.ts';

/** What one call of log-batch takes: 1,000 metrics, 100 params, 100 tags, and 1,000 items in all. */
const LIMITS = { metrics: 800, params: 100, tags: 100 };
/** Bytes of a param's and a tag's value. A server takes 8,000 of a tag's; older ones took 5,000. */
const LONGEST = { param: 6000, tag: 5000 };

export interface Batch {
  readonly metrics: RunPart['metrics'];
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** Divides what is known of a run into calls of log-batch. Values that are too long are cut, with "..." at the end. */
export function batchesOf({ metrics, params, tags }: RunPart): Batch[] {
  const pairs = (values: Readonly<Record<string, string>>, longest: number) =>
    Object.entries(values).map(([key, value]) => ({ key, value: cut(value, longest) }));
  const columns = {
    metrics: divide(metrics, LIMITS.metrics),
    params: divide(pairs(params, LONGEST.param), LIMITS.params),
    tags: divide(pairs(tags, LONGEST.tag), LIMITS.tags),
  };
  const count = Math.max(columns.metrics.length, columns.params.length, columns.tags.length);
  return Array.from({ length: count }, (_, i) => ({
    metrics: columns.metrics[i] ?? [],
    params: columns.params[i] ?? [],
    tags: columns.tags[i] ?? [],
  }));
}

function divide<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** Cut by bytes as UTF-8, which is what databases count at worst, never through a character. */
function cut(text: string, longest: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength <= longest) return text;
  const kept = new TextDecoder('utf-8').decode(bytes.subarray(0, longest - 3));
  return `${kept.replace(/\uFFFD+$/, '')}...`;
}
