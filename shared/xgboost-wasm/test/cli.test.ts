import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { stumps } from './stumps.ts';
import { bitsOf, decodeBytes, decodeFloats, readZoo } from './zoo-file.ts';

const program = fileURLToPath(new URL('../bin/xgboost-wasm.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'xgboost-wasm-'));
const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const entry = zoo.cases.find((candidate) => candidate.name === 'names');
if (entry === undefined) throw new Error('the zoo has no model with names');
const modelFile = join(folder, 'model.ubj');
const rowsFile = join(folder, 'rows.csv');
writeFileSync(modelFile, decodeBytes(entry.model));

const names = ['store_nbr', 'family', 'onpromotion', 'oil price', 'weiß', 'quote"d'];
const rows = decodeFloats(entry.rows);
// Columns in another order, and one that the model does not have.
const order = [5, 2, 0, 4, 1, 3];
const lines = [['note', ...order.map((f) => `"${(names[f] ?? '').replaceAll('"', '""')}"`)].join()];
for (let i = 0; i < entry.rowCount; i++) lines.push(['', ...order.map((f) => rows[i * 6 + f])].join());
writeFileSync(rowsFile, `${lines.join('\r\n')}\r\n`);

const run = (...words: string[]): string =>
  execFileSync(process.execPath, [program, ...words], { encoding: 'utf8' });
const values = (csv: string): Float32Array => Float32Array.from(csv.trim().split('\n').slice(1), Number);

afterAll(() => rmSync(folder, { recursive: true }));

describe('npx xgboost-wasm', () => {
  it('info tells what a model is', () => {
    const text = run('info', modelFile);
    expect(text).toMatch(/written by +XGBoost 3\.4\.1/);
    expect(text).toMatch(/feature names +store_nbr, family/);
  });

  it('predict finds columns by name and prints floats that read back exactly', () => {
    expect(bitsOf(values(run('predict', modelFile, rowsFile)))).toEqual(bitsOf(decodeFloats(entry.value)));
  });

  it('predict prints -0 with its sign', () => {
    const file = join(folder, 'zeros.json');
    writeFileSync(file, stumps([1], { baseScore: '-0E0', left: -0 }));
    const zero = join(folder, 'zero.csv');
    writeFileSync(zero, 'x\n0\n');
    expect(bitsOf(values(run('predict', file, zero)))).toEqual(bitsOf(Float32Array.of(-0)));
  });

  it('pack makes a file that predicts the same', () => {
    const packed = join(folder, 'model.packed');
    run('pack', modelFile, '--out', packed);
    const out = join(folder, 'out.csv');
    run('predict', packed, rowsFile, '--output', 'margin', '--out', out);
    expect(bitsOf(values(readFileSync(out, 'utf8')))).toEqual(bitsOf(decodeFloats(entry.margin)));
  });

  it.each([
    [['predict', modelFile, join(folder, 'none.csv')], /none\.csv/],
    [['predict', modelFile, rowsFile, '--output', 'odds'], /--output: must be one of/],
    [['predict', modelFile, modelFile], /line 1: the header lacks store_nbr/],
    [['pack', modelFile], /--out: is required/],
    [['fly', modelFile], /fly: is not a command/],
    [['info', modelFile, rowsFile], /rows\.csv: is a surplus file/],
    [['predict', modelFile, rowsFile, '--iterations', '0:1:2'], /--iterations: '0:1:2' is not BEGIN:END/],
    [['info', rowsFile], /not an XGBoost model/],
  ])('%j fails with a reason and no stack trace', (words, message) => {
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at /);
  });
});
