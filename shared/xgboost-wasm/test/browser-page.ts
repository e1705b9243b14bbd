/** The page of browser.test.ts: predicts the zoo with the browser build and reports mismatches to the console. */
export const page = `<!doctype html><meta charset="utf-8"><script type="module">
import { createEngine } from '/dist/entries/browser.js';
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const bits = (floats) => new Int32Array(floats.buffer, floats.byteOffset, floats.length);
const differences = (a, b) => (a.length === b.length ? a.filter((x, i) => x !== b[i]).length : -1);
const engine = await createEngine();
const byUrl = await createEngine({ wasm: new URL('/dist/kernels.wasm', location.href) });
const response = await fetch('/zoo.json.gz');
const unzipped = response.body.pipeThrough(new DecompressionStream('gzip'));
const zoo = await new Response(unzipped).json();
const bad = [];
for (const entry of zoo.cases) {
  for (const each of [engine, byUrl]) {
    const model = each.load(bytes(entry.model));
    const rows = new Float32Array(bytes(entry.rows).buffer);
    const missing = entry.missing === null ? {} : { missing: entry.missing };
    for (const output of ['margin', 'value']) {
      const expected = bits(new Float32Array(bytes(entry[output]).buffer));
      if (differences(bits(model.predict(rows, { output, ...missing })), expected) !== 0) bad.push(entry.name);
    }
    model.dispose();
  }
}
console.log('RESULT ' + JSON.stringify({ cases: zoo.cases.length, bad }));
</script>`;
