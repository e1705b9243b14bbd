import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import { type Coverage, type NotProvable, PARTS, type Part, type Witness } from './report.ts';

const PART_OF: Readonly<Record<BucketKind, Part>> = {
  sales_daily: 'sales of days',
  onpromotion_daily: 'promotions of days',
  transactions_daily: 'tickets of days',
  sales_intraday: 'slots',
  sales_weekly: 'weeks',
  sales_monthly: 'months',
};

/** What became of one period: a witness agrees, something differs, or nothing can tell. */
export type Proof = { readonly by: Witness } | { readonly why: string } | 'different';

/** Keeps the outcome of every period of every part; the worst of several prevails. */
export class ProofLedger {
  readonly #proofs = new Map<Part, Map<string, Proof>>();

  add(part: BucketKind | 'packed histories', period: string, proof: Proof): void {
    const name = part === 'packed histories' ? part : PART_OF[part];
    const periods = this.#proofs.get(name) ?? new Map<string, Proof>();
    this.#proofs.set(name, periods);
    const before = periods.get(period);
    if (before === undefined || rank(proof) > rank(before)) periods.set(period, proof);
  }

  has(part: Part, period: string): boolean {
    return this.#proofs.get(part)?.has(period) ?? false;
  }

  /** One line for each part that anything is kept of. */
  coverage(): Coverage[] {
    return PARTS.flatMap((part) => {
      const periods = this.#proofs.get(part);
      if (!periods) return [];
      const sorted = [...periods].sort(([a], [b]) => (a < b ? -1 : 1));
      const provenBy: Partial<Record<Witness, number>> = {};
      let different = 0;
      for (const [, proof] of sorted) {
        if (proof === 'different') different++;
        else if ('by' in proof) provenBy[proof.by] = (provenBy[proof.by] ?? 0) + 1;
      }
      return [{ part, periods: sorted.length, provenBy, different, notProvable: rangesOf(sorted) }];
    });
  }
}

function rank(proof: Proof): number {
  if (proof === 'different') return 2;
  return 'why' in proof ? 1 : 0;
}

/** Neighbours without a witness for the same reason are one range. */
function rangesOf(sorted: readonly (readonly [string, Proof])[]): NotProvable[] {
  const ranges: NotProvable[] = [];
  let before: string | null = null;
  for (const [period, proof] of sorted) {
    const why = proof !== 'different' && 'why' in proof ? proof.why : null;
    const last = ranges.at(-1);
    if (why !== null && why === before && last) {
      ranges[ranges.length - 1] = { ...last, to: period, periods: last.periods + 1 };
    } else if (why !== null) {
      ranges.push({ from: period, to: period, periods: 1, why });
    }
    before = why;
  }
  return ranges;
}
