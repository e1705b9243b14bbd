import { defineConfig } from 'vite';
import { reportSize } from './report-size.ts';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `npm run dev` shows the page of these sources with the numbers of a running `npm start`.
  server: { proxy: { '/v1': 'http://localhost:8787' } },
  build: { target: 'es2023', modulePreload: false },
  plugins: [reportSize({ limit: 120_000 })],
});
