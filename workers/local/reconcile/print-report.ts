import Table from 'cli-table3';
import type { PartitionReport, ReconcileReport, RecordDifference } from './report.ts';

const EXAMPLES = 3;

/** The report for people. */
export function printReport(report: ReconcileReport, write: (line: string) => void): void {
  for (const partition of report.partitions) {
    if (report.partitions.length > 1) write(`Partition ${partition.partition}`);
    printPartition(partition, report.repair, write);
  }
}

function printPartition(report: PartitionReport, repair: boolean, write: (line: string) => void): void {
  const { entries, watermark, completeFrom, records, differences, unproven, deadLetters } = report;
  write(
    `${entries} entries up to ${watermark ?? 'nothing'} summed again; ${records} records of buckets compared.`,
  );
  if (completeFrom !== null) {
    write(
      `Older entries have left the stream: days before ${completeFrom} cannot be recomputed and are not changed.`,
    );
  }
  if (differences.length === 0) write('No differences.');
  else {
    const table = new Table({ head: ['bucket', 'difference', 'for example', 'outcome'], wordWrap: true });
    for (const difference of differences) {
      table.push([
        nameOf(difference),
        difference.symptoms.join(', '),
        examplesOf(difference),
        difference.outcome,
      ]);
    }
    write(table.toString());
    if (!repair && differences.some(({ outcome }) => outcome === 'repairable')) {
      write('Nothing was written; repair with: npm run reconcile -- --repair');
    }
  }
  const byDays = unproven.filter(({ equalsItsDays }) => equalsItsDays).length;
  if (unproven.length > 0) {
    write(`${unproven.length} records not proven, of which ${byDays} equal the sum of their days.`);
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
