import Table from 'cli-table3';
import type { DataCheck, DataChecks } from '../data-checks/data-check.ts';

const SIGN: Readonly<Record<DataCheck['severity'], string>> = {
  info: 'ok',
  warning: 'warning',
  failure: 'FAILED',
};
const WIDTHS = [19, 9, 88];

/** What the checks found, a line each; what to do where something is to be done. */
export function dataChecksTable({ checks, allowed }: DataChecks): string {
  const table = new Table({
    head: ['check', '', 'finding'],
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { name, severity, finding, fix } of checks) {
    const isAllowed = severity === 'failure' && allowed.includes(name);
    table.push([name, isAllowed ? 'allowed' : SIGN[severity], fix === null ? finding : `${finding}. ${fix}`]);
  }
  return table.toString();
}
