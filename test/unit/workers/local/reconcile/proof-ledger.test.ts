import { describe, expect, it } from 'vitest';
import { ProofLedger } from '../../../../../workers/local/reconcile/proof-ledger.ts';
import { type PartitionReport, verdictOf } from '../../../../../workers/local/reconcile/report.ts';

describe('the ledger of proofs', () => {
  it('counts witnesses by part, and joins neighbours that nothing proves for the same reason', () => {
    const ledger = new ProofLedger();
    ledger.add('sales_weekly', '2026-W03', { why: 'its days are gone' });
    ledger.add('sales_weekly', '2026-W01', { why: 'its days are gone' });
    ledger.add('sales_weekly', '2026-W02', { why: 'its days are gone' });
    ledger.add('sales_weekly', '2026-W04', { by: 'days' });
    ledger.add('sales_weekly', '2026-W05', { why: 'its days are gone' });
    ledger.add('sales_daily', '2026-01-01', { by: 'stream' });
    expect(ledger.coverage()).toEqual([
      { part: 'sales of days', periods: 1, provenBy: { stream: 1 }, different: 0, notProvable: [] },
      {
        part: 'weeks',
        periods: 5,
        provenBy: { days: 1 },
        different: 0,
        notProvable: [
          { from: '2026-W01', to: '2026-W03', periods: 3, why: 'its days are gone' },
          { from: '2026-W05', to: '2026-W05', periods: 1, why: 'its days are gone' },
        ],
      },
    ]);
  });

  it('keeps the worst that was found of a period, in any order', () => {
    for (const order of [
      ['different', { why: 'gone' }, { by: 'stream' }],
      [{ by: 'stream' }, { why: 'gone' }, 'different'],
    ] as const) {
      const ledger = new ProofLedger();
      for (const proof of order) ledger.add('packed histories', '2026-01-01', proof);
      expect(ledger.coverage()).toMatchObject([{ different: 1, provenBy: {}, notProvable: [] }]);
    }
  });
});

describe('the verdict', () => {
  const partition: PartitionReport = {
    partition: 0,
    watermark: null,
    entries: 0,
    firstEntry: null,
    completeFrom: null,
    records: 0,
    coverage: [],
    differences: [],
    histories: [],
    deadLetters: { expected: 0, missing: [], unexpected: [] },
  };
  const open = {
    ...partition,
    coverage: [
      {
        part: 'weeks' as const,
        periods: 1,
        provenBy: {},
        different: 0,
        notProvable: [{ from: '2026-W01', to: '2026-W01', periods: 1, why: 'gone' }],
      },
    ],
  };
  const history = { kind: 'sales_daily' as const, field: '1:A', days: null, held: null, expected: null };

  it('is proven only when no partition leaves anything open', () => {
    expect(verdictOf({ partitions: [partition, partition] })).toBe('proven');
    expect(verdictOf({ partitions: [partition, open] })).toBe('not-provable');
  });

  it('is different whatever else cannot be proven, until it is repaired', () => {
    const wrong = { ...partition, histories: [{ ...history, outcome: 'repairable' as const }] };
    expect(verdictOf({ partitions: [open, wrong] })).toBe('different');
    const repaired = { ...partition, histories: [{ ...history, outcome: 'repaired' as const }] };
    expect(verdictOf({ partitions: [repaired] })).toBe('proven');
    const letters = { ...partition, deadLetters: { expected: 1, missing: ['x'], unexpected: [] } };
    expect(verdictOf({ partitions: [letters] })).toBe('different');
  });
});
