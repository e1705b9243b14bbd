import type { Decision } from '../../../shared/models/decision.ts';

/** What the gate decided and why, for people. */
export function decisionText({ version, action, champion, reasons }: Decision, out: string): string {
  const because = reasons.map((reason) => `  - ${reason}\n`).join('');
  if (action === 'promote') {
    const place = champion === null ? 'the first champion' : `in place of ${champion}`;
    return `promoted: ${version} goes into service, ${place}\n${because}`;
  }
  const stays = champion === null ? 'nothing is in service yet' : `${champion} stays in service`;
  return (
    `refused: ${version} is stored, ${stays}\n${because}` +
    `put it into service all the same: npm run models -- promote ${version} --in ${out}\n`
  );
}
