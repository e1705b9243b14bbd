// The Worker of the benchmark: holds a model and rows, and predicts as often as the request says.
import { createEngine } from './entries/workerd.js';

let engine;
let model;
let rows;

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
    let margins = new Float32Array(0);
    for (let i = Number(searchParams.get('times')); i > 0; i--)
      margins = model.predict(rows, { output: 'margin' });
    return new Response(searchParams.has('result') ? margins : 'done');
  },
};
