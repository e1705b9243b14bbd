import { readFile } from 'node:fs/promises';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { GATE_DEFAULTS, type GateRules, gateRulesSchema } from '../gate-rules/rules.ts';

/** Thrown for rules of the gate that cannot be read; names every wrong field. */
export class GateRulesError extends UserError {
  override name = 'GateRulesError';
}

/**
 * Refuses rules that no model could ever meet.
 *
 * @param windows of the backtest, as requested; a history without room for them is a different case
 * @throws {GateRulesError}
 */
export function requireWindows({ min_windows }: GateRules, windows: number): void {
  if (min_windows <= windows) return;
  throw new GateRulesError(
    `the gate's min_windows is ${min_windows}, and the backtest has ${windows} windows: every challenger would be refused. ` +
      `Train with --windows ${min_windows} or more, or lower min_windows`,
  );
}

/**
 * The rules in a JSON file, e.g. `{ "max_worst_ratio": 1.2 }`; rules that are absent have their defaults.
 *
 * @throws {GateRulesError}
 */
export async function readGateRules(path: string | undefined): Promise<GateRules> {
  if (path === undefined) return GATE_DEFAULTS;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new GateRulesError(`${path} cannot be read as JSON: ${messageOf(error)}`);
  }
  const parsed = gateRulesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'the file'}: ${message}`,
  );
  throw new GateRulesError(
    `${path} is not a set of gate rules: ${issues.join('; ')}. Known: ${Object.keys(GATE_DEFAULTS).join(', ')}`,
  );
}
