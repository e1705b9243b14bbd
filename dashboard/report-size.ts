import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

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
