import { readFileSync, writeFileSync } from 'node:fs';
import type { Engine } from '../api/engine.ts';
import type { Model } from '../api/model.ts';
import { createEngine } from '../entries/node.ts';
import { XgboostWasmError } from '../errors.ts';
import { type CliArguments, parseArguments, USAGE } from './arguments.ts';
import { readCsv } from './csv-reader.ts';
import { writeCsv } from './csv-writer.ts';

/** Output of text: process.stdout, or a collector in tests. */
export interface TextSink {
  write(text: string): unknown;
}

function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new XgboostWasmError(
      'invalid-input',
      path,
      error instanceof Error ? error.message : 'cannot be read',
    );
  }
}

function open(engine: Engine, path: string | undefined): Model {
  if (path === undefined)
    throw new XgboostWasmError('invalid-input', 'FILE', 'is missing; see xgboost-wasm --help');
  const bytes = readBytes(path);
  const packed = new TextDecoder('latin1').decode(bytes.subarray(0, 7)) === 'XGBWASM';
  return packed ? engine.loadPacked(bytes) : engine.load(bytes);
}

function info(model: Model): string {
  const facts: [string, string | number][] = [
    ['written by', `XGBoost ${model.xgboostVersion}`],
    ['objective', model.objective],
    ['features', model.featureCount],
    ['outputs', model.groupCount],
    ['rounds', model.iterationCount],
    ['trees', model.treeCount],
    ['kernel', model.kernel],
    ['memory', `${model.memoryBytes} bytes`],
  ];
  if (model.featureNames.length > 0) facts.push(['feature names', model.featureNames.join(', ')]);
  for (const [name, value] of Object.entries(model.attributes)) facts.push([`attribute ${name}`, value]);
  return facts.map(([name, value]) => `${name.padEnd(14)} ${value}\n`).join('');
}

function predict(model: Model, given: CliArguments, out: TextSink): void {
  const [, file] = given.files;
  const text = file === undefined ? readFileSync(0, 'utf8') : new TextDecoder().decode(readBytes(file));
  const rows = readCsv(text, model.featureNames, model.featureCount);
  const result = model.predict(rows, {
    output: given.output,
    ...(given.iterations && { iterationRange: given.iterations }),
    ...(given.missing !== undefined && { missing: given.missing }),
  });
  const lines = writeCsv(model, given.output, result, rows.length / model.featureCount);
  if (given.out !== undefined) writeFileSync(given.out, [...lines].join(''));
  else for (const line of lines) out.write(line);
}

/** Runs a command line; returns the exit code. */
export async function main(words: readonly string[], out: TextSink, errors: TextSink): Promise<number> {
  if (words.length === 0 || words.includes('--help')) {
    out.write(USAGE);
    return words.length === 0 ? 2 : 0;
  }
  try {
    const given = parseArguments(words);
    if (!['info', 'predict', 'pack'].includes(given.command)) {
      throw new XgboostWasmError('invalid-input', given.command, 'is not a command; see xgboost-wasm --help');
    }
    const surplus = given.files[given.command === 'predict' ? 2 : 1];
    if (surplus !== undefined)
      throw new XgboostWasmError('invalid-input', surplus, 'is a surplus file: the command takes one');
    const model = open(await createEngine(), given.files[0]);
    if (given.command === 'info') out.write(info(model));
    else if (given.command === 'predict') predict(model, given, out);
    else {
      if (given.out === undefined)
        throw new XgboostWasmError('invalid-input', '--out', 'is required by pack');
      const packed = model.pack({ contributions: given.contributions });
      writeFileSync(given.out, packed);
      out.write(`${given.out}: ${packed.length} bytes\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof XgboostWasmError)) throw error;
    errors.write(`xgboost-wasm: ${error.message}\n`);
    return 1;
  }
}
