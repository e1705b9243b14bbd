import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE_FOLDER, ensurePython, run } from '../zoo/python-environment.ts';

const VERSION = '1.30.0';
const CONVERTERS = [
  'onnxmltools==1.16.0',
  'skl2onnx==1.20.0',
  'onnx==1.23.2',
  'onnxconverter-common==1.16.0',
];

/** The part of onnxruntime-node's interface that is used here. */
interface Onnx {
  readonly InferenceSession: {
    create(path: string, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { data: Float32Array }>>>;
  release(): Promise<void>;
}

/** Installs onnxruntime-node outside the project on first use: it is too large to be a dependency for a comparison. */
async function installRuntime(): Promise<Onnx> {
  const folder = join(CACHE_FOLDER, `onnxruntime-${VERSION}`);
  const manifest = join(folder, 'package.json');
  if (!existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) {
    await mkdir(folder, { recursive: true });
    const dependencies = { 'onnxruntime-node': VERSION };
    await writeFile(manifest, JSON.stringify({ private: true, dependencies }));
    // The package's install script would fetch libraries for graphics cards.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
    await run('npm', ['install', ...flags]);
  }
  return createRequire(manifest)('onnxruntime-node') as Onnx;
}

/** A model inside onnxruntime-node, one thread. */
export class OnnxModel {
  static readonly version = VERSION;
  private readonly onnx: Onnx;
  private readonly session: Session;

  private constructor(onnx: Onnx, session: Session) {
    this.onnx = onnx;
    this.session = session;
  }

  /**
   * Converts an XGBoost file and opens it.
   *
   * @throws Error when the converter does not support the model
   */
  static async open(model: string): Promise<OnnxModel> {
    const converted = `${model}.onnx`;
    if (!existsSync(converted)) {
      const { python, env } = await ensurePython('onnx', CONVERTERS);
      await run(python, [fileURLToPath(new URL('to_onnx.py', import.meta.url)), model, converted], env);
    }
    const onnx = await installRuntime();
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
    return new OnnxModel(onnx, await onnx.InferenceSession.create(converted, options));
  }

  async predict(rows: Float32Array, columns: number): Promise<Float32Array> {
    const { inputNames, outputNames } = this.session;
    const tensor = new this.onnx.Tensor('float32', rows, [rows.length / columns, columns]);
    const outputs = await this.session.run({ [inputNames[0] ?? '']: tensor });
    return outputs[outputNames[0] ?? '']?.data ?? new Float32Array(0);
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}
