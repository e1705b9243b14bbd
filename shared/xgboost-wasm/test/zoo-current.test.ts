import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { ensureCurrentZoo } from '../zoo/current-zoo.ts';
import { expectNativeOutputs } from './expect-native-outputs.ts';
import { readZoo, type ZooFile } from './zoo-file.ts';

/** XGBOOST_WASM_ZOO names a zoo; REQUIRE_SERVICES has it made with XGBoost itself. */
async function largerZoo(): Promise<ZooFile | undefined> {
  const { XGBOOST_WASM_ZOO: path, REQUIRE_SERVICES } = process.env;
  if (path !== undefined) return readZoo(pathToFileURL(path));
  return REQUIRE_SERVICES === undefined ? undefined : readZoo(await ensureCurrentZoo());
}

const zoo = await largerZoo();
const engine = await createEngine();

describe.skipIf(zoo === undefined)('a larger zoo of the current release', () => {
  it('has at least 60 models and 100,000 rows', () => {
    const cases = zoo?.cases ?? [];
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(cases.reduce((sum, entry) => sum + entry.rowCount, 0)).toBeGreaterThanOrEqual(100_000);
  });

  it.each((zoo?.cases ?? []).map((entry) => [entry.name, entry] as const))(
    '%s gives native outputs',
    (_name, entry) => expectNativeOutputs(engine, entry),
  );
});

if (zoo === undefined) {
  it.skip('larger zoo: set REQUIRE_SERVICES=1 to make it with the current XGBoost', () => undefined);
}
