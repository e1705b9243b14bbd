/** Builds dist/: the kernels with asc, JavaScript and declarations with tsc. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const MAX_WASM_BYTES = 40 * 1024;

/** The program file of a package's command. */
function command(name: string, file: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), file);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(process.execPath, [program, ...args], { cwd: here, stdio: 'inherit' });
}

const dist = join(here, 'dist');
const wasm = join(dist, 'kernels.wasm');
mkdirSync(dist, { recursive: true });
run(command('assemblyscript', 'bin/asc.js'), [
  'assembly/index.ts',
  ...[
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--initialMemory',
    '10',
  ],
  ...['-o', wasm],
]);
run(command('typescript', 'bin/tsc'), ['-p', 'tsconfig.json']);
copyFileSync(join(here, 'src/kernels.d.wasm.ts'), join(dist, 'kernels.d.wasm.ts'));
const { size } = statSync(wasm);
if (size > MAX_WASM_BYTES) throw new Error(`kernels.wasm has ${size} bytes, more than ${MAX_WASM_BYTES}`);
console.log(`xgboost-wasm: kernels.wasm ${size} bytes`);
