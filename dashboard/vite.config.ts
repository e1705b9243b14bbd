import { defineConfig } from 'vite';
import { reportSize } from './report-size.ts';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2023', modulePreload: false },
  plugins: [reportSize({ limit: 120_000 })],
});
