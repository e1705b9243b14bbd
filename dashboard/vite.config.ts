import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/**
 * Prints how much JavaScript a visitor loads, gzipped, and fails the build when it is more than the budget.
 *
 * @param limit Bytes, gzipped, all scripts together.
 */
export function reportSize({ limit }: { readonly limit: number }): Plugin {
  return {
    name: 'report-size',
    apply: 'build',
    generateBundle(_options, bundle) {
      let scripts = 0;
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') scripts += gzipSync(file.code, { level: 9 }).byteLength;
      }
      const line = `JavaScript, gzipped: ${scripts} bytes of a budget of ${limit}`;
      if (scripts > limit) this.error(`${line}: too much`);
      this.info(line);
    },
  };
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `npm run dev` shows the page of these sources with the numbers of a running `npm start`.
  server: { proxy: { '/v1': 'http://localhost:8787' } },
  build: { target: 'es2023', modulePreload: false },
  plugins: [reportSize({ limit: 120_000 })],
});
