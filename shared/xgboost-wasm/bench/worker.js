// The Worker of the benchmark: holds a model and rows, and predicts as many times as a request says.
import { createEngine } from './entries/workerd.js';

let engine;
let model;
let rows;

/** Margins of all rows, `times` times. */
function batch(times) {
  let margins = new Float32Array(0);
  for (let i = 0; i < times; i++) margins = model.predict(rows, { output: 'margin' });
  return margins;
}

/** Margins of the first `count` rows, a call for each. */
function single(count) {
  const width = model.featureCount;
  const margins = new Float32Array(count);
  const out = new Float32Array(1);
  for (let i = 0; i < count; i++) {
    model.predict(rows.subarray(i * width, (i + 1) * width), { output: 'margin', out });
    margins[i] = out[0];
  }
  return margins;
}

function contributions(count) {
  return model.predict(rows.subarray(0, count * model.featureCount), { output: 'contributions' });
}

const WORK = { '/batch': batch, '/single': single, '/contributions': contributions };

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    engine ??= await createEngine();
    if (pathname === '/model') {
      model?.dispose();
      model = engine.load(new Uint8Array(await request.arrayBuffer()));
      return new Response(model.kernel);
    }
    if (pathname === '/rows') {
      rows = new Float32Array(await request.arrayBuffer());
      return new Response(String(rows.length));
    }
    const result = WORK[pathname](Number(searchParams.get('count')));
    return new Response(searchParams.has('result') ? result : 'done');
  },
};
