import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** The built package inside workerd, without a bundler. */
export class WorkerdHost {
  private readonly miniflare: Miniflare;

  constructor() {
    const scripts = filesBelow(dist).filter((file) => file.endsWith('.js') && !file.endsWith('node.js'));
    const kernels = join(dist, 'kernels.wasm');
    const worker = readFileSync(new URL('./worker.js', import.meta.url), 'utf8');
    this.miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        workers: [
          {
            name: 'bench',
            compatibilityDate: '2026-01-01',
            modulesRoot: dist,
            modules: [
              { type: 'ESModule', path: join(dist, 'worker.js'), contents: worker },
              ...scripts.map((path) => ({
                type: 'ESModule' as const,
                path,
                contents: readFileSync(path, 'utf8'),
              })),
              { type: 'CompiledWasm', path: kernels, contents: readFileSync(kernels) },
            ],
          },
        ],
      }),
    );
  }

  private async post(path: string, body: Uint8Array): Promise<void> {
    const response = await this.miniflare.dispatchFetch(`http://bench${path}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
    await response.text();
  }

  async load(model: Uint8Array, rows: Float32Array): Promise<void> {
    await this.post('/model', model);
    await this.post('/rows', new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  }

  /** Results of the Worker's `batch` (times), `single` (rows) or `contributions` (rows). */
  async result(work: string, count: number): Promise<Float32Array> {
    const response = await this.miniflare.dispatchFetch(`http://bench/${work}?count=${count}&result`);
    return new Float32Array(await response.arrayBuffer());
  }

  /** Seconds of a request with this amount of work; clocks stand still inside a Worker, so it is timed from here. */
  async seconds(work: string, count: number): Promise<number> {
    const start = performance.now();
    await (await this.miniflare.dispatchFetch(`http://bench/${work}?count=${count}`)).text();
    return (performance.now() - start) / 1000;
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose();
  }
}
