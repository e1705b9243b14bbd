import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

/** Adds Swagger UI to what is deployed, for the API's page `/v1/docs`; the dashboard does not load it. */
function addSwaggerUi(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  return {
    name: 'add-swagger-ui',
    apply: 'build',
    generateBundle() {
      for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']) {
        const source = readFileSync(resolve(`swagger-ui-dist/${file}`));
        this.emitFile({ type: 'asset', fileName: `docs/${file}`, source });
      }
    },
  };
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `npm run dev` shows the page of these sources with the numbers of a running `npm start`.
  server: { proxy: { '/v1': 'http://localhost:8787' } },
  build: { target: 'es2023', modulePreload: false },
  plugins: [reportSize({ limit: 120_000 }), addSwaggerUi()],
});
