import { readdirSync } from 'node:fs';
import { describe, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { expectNativeOutputs } from './expect-native-outputs.ts';
import { readZoo } from './zoo-file.ts';

const folder = new URL('../zoo/golden/', import.meta.url);
const engine = await createEngine();
const files = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));

describe.each(files)('the models in %s', (file) => {
  it.each(readZoo(new URL(file, folder)).cases.map((entry) => [entry.name, entry] as const))(
    '%s give native outputs',
    (_name, entry) => expectNativeOutputs(engine, entry),
  );
});
