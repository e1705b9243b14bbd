import { type Delivery, type DeliveryResult, transactionName } from '../../../shared/sales-store/delivery.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';

/** A stream in memory that takes in deliveries, and remembers keys and ids for ever. */
export class MemoryDeliveries {
  /** The JSON of every row that was taken in. */
  readonly rows: string[] = [];
  /** Everything that was delivered, also what was refused or repeated. */
  readonly received: Delivery[] = [];
  failure: Error | null = null;
  readonly #hashes = new Map<string, number>();
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
    const conflicts: number[] = [];
    rows.forEach((row, place) => {
      const name = transactionName(row);
      const held = this.#hashes.get(name);
      if (held !== undefined) {
        (held === row.contentHash ? duplicates : conflicts).push(place);
        return;
      }
      this.#hashes.set(name, row.contentHash);
      this.rows.push(row.json);
    });
    const isNew = duplicates.length + conflicts.length < rows.length;
    const entries = isNew ? [entryIdAt(notBefore, 1)] : [];
    const answer = { outcome: 'taken', instant: notBefore, entries, duplicates, conflicts, note } as const;
    if (key !== null) this.#answers.set(key, { digest, answer });
    return answer;
  }
}
