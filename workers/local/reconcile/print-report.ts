import Table from 'cli-table3';
import {
  type Coverage,
  type HistoryDifference,
  type PartitionReport,
  type ReconcileReport,
  type RecordDifference,
  type Verdict,
  verdictOf,
  type Witness,
} from './report.ts';

const EXAMPLES = 3;
const REASONS = 5;

const WITNESS_NAMES: Readonly<Record<Witness, string>> = {
  stream: 'the stream',
  opening: 'opening balances',
  histories: 'packed histories',
  days: 'days',
  archive: 'archived days',
  dataset: 'the published history',
};

const CONCLUSIONS: Readonly<Record<Verdict, string>> = {
  proven: 'Proven: nothing differs.',
  different: 'DIFFERENT: see above.',
  'not-provable': 'NOT PROVABLE: nothing differs, but what is listed above has no witness.',
};

/** The report for people. */
export function printReport(report: ReconcileReport, write: (line: string) => void): void {
  for (const partition of report.partitions) {
    if (report.partitions.length > 1) write(`Partition ${partition.partition}`);
    printPartition(partition, report.repair, write);
  }
  if (report.since !== null) write(`What begins before ${report.since} was left out.`);
  write(CONCLUSIONS[verdictOf(report)]);
}

function printPartition(report: PartitionReport, repair: boolean, write: (line: string) => void): void {
  const { entries, watermark, completeFrom, records, coverage, differences, histories, deadLetters } = report;
  write(
    `${entries} entries up to ${watermark ?? 'nothing'} summed again; ${records} records of buckets compared.`,
  );
  if (completeFrom !== null) {
    write(`Older entries have left the stream: days before ${completeFrom} are proven by other witnesses.`);
  }
  write(coverageTable(coverage));
  for (const { part, notProvable } of coverage) {
    for (const { from, to, periods, why } of notProvable.slice(0, REASONS)) {
      write(`Not provable: ${part} ${from === to ? from : `${from} to ${to} (${periods})`}: ${why}.`);
    }
    if (notProvable.length > REASONS) write(`  and ${notProvable.length - REASONS} more ranges of ${part}`);
  }
  if (differences.length > 0 || histories.length > 0) {
    const table = new Table({ head: ['bucket', 'difference', 'for example', 'outcome'], wordWrap: true });
    for (const difference of differences) {
      table.push([
        nameOf(difference),
        difference.symptoms.join(', '),
        examplesOf(difference),
        difference.outcome,
      ]);
    }
    for (const difference of histories) {
      table.push([
        'packed history',
        difference.days ? 'values' : 'unreadable',
        historyExample(difference),
        difference.outcome,
      ]);
    }
    write(table.toString());
    if (!repair && [...differences, ...histories].some(({ outcome }) => outcome === 'repairable')) {
      write('Nothing was written; repair with: npm run reconcile -- --repair');
    }
  }
  const { expected, missing, unexpected } = deadLetters;
  write(
    `${expected} rows of these entries cannot be counted; ${missing.length} of them are in no dead letter.`,
  );
  for (const line of missing.slice(0, EXAMPLES)) write(`  missing: ${line}`);
  if (unexpected.length > 0) {
    write(`${unexpected.length} rows were refused that today's catalog allows; they stay refused.`);
  }
}

function coverageTable(coverage: readonly Coverage[]): string {
  const table = new Table({
    head: ['kept', 'periods', 'proven by', 'different', 'not provable'],
    style: { compact: true },
  });
  for (const { part, periods, provenBy, different, notProvable } of coverage) {
    const witnesses = (Object.keys(WITNESS_NAMES) as Witness[]).flatMap((witness) =>
      provenBy[witness] ? [`${WITNESS_NAMES[witness]}: ${provenBy[witness]}`] : [],
    );
    const open = notProvable.reduce((sum, range) => sum + range.periods, 0);
    table.push([part, periods, witnesses.join('\n'), different, open]);
  }
  return table.toString();
}

function nameOf({ kinds, period }: RecordDifference): string {
  const [kind] = kinds;
  return `${kinds.length > 1 ? 'day' : kind} ${period}`;
}

function examplesOf({ values, strays, missingMarks, watermark, symptoms }: RecordDifference): string {
  const lines = values
    .slice(0, EXAMPLES)
    .map(({ field, held, expected }) => `${field}: ${held ?? 'nothing'}, not ${expected ?? 'nothing'}`);
  if (values.length > EXAMPLES) lines.push(`and ${values.length - EXAMPLES} more`);
  if (symptoms.includes('behind') || symptoms.includes('ahead'))
    lines.push(`counts up to ${watermark ?? 'nothing'}`);
  for (const { name, value } of strays.slice(0, EXAMPLES)) lines.push(`${name} is "${value.slice(0, 40)}"`);
  if (missingMarks.length > 0) lines.push(`no ${missingMarks.slice(0, EXAMPLES).join(', ')}`);
  return lines.join('\n');
}

const COLUMNS: Readonly<Record<string, string>> = {
  onpromotion_daily: ' (promotions)',
  transactions_daily: ' (tickets)',
};

function historyExample({ kind, field, days, held, expected }: HistoryDifference): string {
  const name = `${field}${COLUMNS[kind] ?? ''}`;
  if (days === null) return `${name}: import the history again`;
  const more = days.count > 1 ? `\nand ${days.count - 1} more days up to ${days.to}` : '';
  return `${name} on ${days.from}: ${held ?? 'nothing'}, not ${expected ?? 'nothing'}${more}`;
}
