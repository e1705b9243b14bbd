import type { PredictOutput } from '../engine/predict-options.ts';
import { XgboostWasmError } from '../errors.ts';

export const USAGE = `xgboost-wasm: exact XGBoost inference

  xgboost-wasm info FILE                      facts about a model
  xgboost-wasm predict FILE [ROWS.csv]        predictions as CSV; rows from standard input without a file
      --output value|margin|leaf|contributions
      --iterations BEGIN:END                  boosting rounds to use
      --missing NUMBER                        a value that means missing, in addition to empty cells
      --out FILE                              write there instead of standard output
  xgboost-wasm pack FILE --out FILE.packed    packs a model, so that it loads by copying
      --without-contributions                 smaller, without --output contributions

FILE is a model in JSON or UBJSON, or a packed one.
`;

const OUTPUTS: readonly PredictOutput[] = ['value', 'margin', 'leaf', 'contributions'];

export interface CliArguments {
  readonly command: string;
  readonly files: readonly string[];
  readonly output: PredictOutput;
  readonly iterations?: readonly [number, number];
  readonly missing?: number;
  readonly out?: string;
  readonly contributions: boolean;
}

function wrong(option: string, message: string): XgboostWasmError {
  return new XgboostWasmError('invalid-input', option, message);
}

function parseNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw wrong(option, `'${text}' is not a number`);
  return value;
}

/** @throws XgboostWasmError `invalid-input` naming the option */
export function parseArguments(words: readonly string[]): CliArguments {
  const [command = '', ...rest] = words;
  const files: string[] = [];
  const options = new Map<string, string>();
  let contributions = true;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    if (!word.startsWith('--')) files.push(word);
    else if (word === '--without-contributions') contributions = false;
    else if (['--output', '--iterations', '--missing', '--out'].includes(word)) {
      const value = rest[++i];
      if (value === undefined) throw wrong(word, 'needs a value');
      options.set(word, value);
    } else throw wrong(word, 'is not an option; see xgboost-wasm --help');
  }
  const output = OUTPUTS.find((name) => name === (options.get('--output') ?? 'value'));
  if (output === undefined) throw wrong('--output', `must be one of ${OUTPUTS.join(', ')}`);
  const iterations = options.get('--iterations');
  const missing = options.get('--missing');
  const out = options.get('--out');
  const [begin = '', end = '', ...surplus] = iterations?.split(':') ?? [];
  if (surplus.length > 0) throw wrong('--iterations', `'${iterations}' is not BEGIN:END`);
  return {
    command,
    files,
    output,
    contributions,
    ...(iterations !== undefined && {
      iterations: [parseNumber('--iterations', begin), parseNumber('--iterations', end)] as const,
    }),
    ...(missing !== undefined && { missing: parseNumber('--missing', missing) }),
    ...(out !== undefined && { out }),
  };
}
