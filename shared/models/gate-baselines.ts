import type { GateCheck } from './decision.ts';
import { check, decimal } from './gate-check.ts';

/** The check of a model that no champion can be compared with: it has to beat every baseline in the mean. */
export function checkBaselines(rmsle: number, baselines: Readonly<Record<string, number>>): GateCheck {
  const entries = Object.entries(baselines);
  const beatsAll = entries.length > 0 && entries.every(([, error]) => rmsle < error);
  const told = entries.map(([name, error]) => `${name} ${decimal(error)}`).join(', ');
  const verb = beatsAll ? 'beats every baseline' : 'does not beat every baseline';
  return check('baselines', beatsAll, `mean RMSLE ${decimal(rmsle)} ${verb}: ${told || 'there are none'}`);
}
