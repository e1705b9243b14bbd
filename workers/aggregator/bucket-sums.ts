import type { BucketDelta, BucketKind } from '../../shared/store/sales-store.ts';

/** Adds up changes to buckets, one value per field. */
export class BucketSums {
  readonly #buckets = new Map<string, { kind: BucketKind; period: string; fields: Map<string, number> }>();

  add(kind: BucketKind, period: string, field: string, value: number): void {
    const fields = this.#fields(kind, period);
    fields.set(field, (fields.get(field) ?? 0) + value);
  }

  raise(kind: BucketKind, period: string, field: string, value: number): void {
    const fields = this.#fields(kind, period);
    fields.set(field, Math.max(fields.get(field) ?? 0, value));
  }

  deltas(): BucketDelta[] {
    return [...this.#buckets.values()].flatMap(({ kind, period, fields }) =>
      Array.from(fields, ([field, value]) => ({ kind, period, field, value })),
    );
  }

  #fields(kind: BucketKind, period: string): Map<string, number> {
    const key = `${kind} ${period}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { kind, period, fields: new Map() };
      this.#buckets.set(key, bucket);
    }
    return bucket.fields;
  }
}
