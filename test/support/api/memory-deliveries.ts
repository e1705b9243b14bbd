import type { Delivery, DeliveryResult } from '../../../shared/sales-store/delivery.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';

/** A stream in memory that takes in deliveries, and remembers keys and ids for ever. */
export class MemoryDeliveries {
  /** The JSON of every row that was taken in. */
  readonly rows: string[] = [];
  /** Everything that was delivered, also what was refused or repeated. */
  readonly received: Delivery[] = [];
  failure: Error | null = null;
  readonly #names = new Set<string>();
  readonly #answers = new Map<string, { readonly digest: string; readonly answer: DeliveryResult }>();

  async ingest(delivery: Delivery): Promise<DeliveryResult> {
    if (this.failure) throw this.failure;
    this.received.push(delivery);
    const { key, digest, note, rows, notBefore } = delivery;
    const known = key === null ? undefined : this.#answers.get(key);
    if (known) {
      return known.digest === digest
        ? { ...known.answer, outcome: 'repeated' as never }
        : { outcome: 'key-conflict' };
    }
    const duplicates: number[] = [];
    rows.forEach(({ storeNbr, id, json }, place) => {
      const name = JSON.stringify([storeNbr, id]);
      if (this.#names.has(name)) {
        duplicates.push(place);
        return;
      }
      this.#names.add(name);
      this.rows.push(json);
    });
    const entries = duplicates.length < rows.length ? [entryIdAt(notBefore, 1)] : [];
    const answer = { outcome: 'taken', instant: notBefore, entries, duplicates, note } as const;
    if (key !== null) this.#answers.set(key, { digest, answer });
    return answer;
  }
}
