/** Colours of the model and of its baselines, in their order; told apart by eyes that see red and green alike, too. */
export const COLOURS = [
  'var(--c0)',
  'var(--c1)',
  'var(--c2)',
  'var(--c3)',
  'var(--c4)',
  'var(--c5)',
] as const;

export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d9dee3; --band: #e3efe6; --card: #f6f8fa;
  --c0: #0b5fcc; --c1: #b35900; --c2: #8a63d2; --c3: #1a7f5a; --c4: #6b7480; --c5: #b5306c; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0f1318; --text: #e6e9ec; --quiet: #9aa5b1; --line: #2d3640; --band: #1b3024; --card: #171d24;
  --c0: #6cb0ff; --c1: #f0a04b; --c2: #b79bf0; --c3: #52c99a; --c4: #8f99a5; --c5: #f07fb0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 24px 20px 64px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 4px; }
p { margin: 0 0 12px; } p.quiet { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; }
.card { background: var(--card); border-radius: 8px; padding: 12px 14px; }
.card b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: 13px; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--quiet); font-size: 12px; }
.grid { stroke: var(--line); } .span { stroke: var(--line); stroke-width: 3; } .band { fill: var(--band); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 4px 0 8px; padding: 0; list-style: none; font-size: 13px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 8px 0; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; } thead th { color: var(--quiet); font-weight: 600; }
summary { cursor: pointer; color: var(--quiet); font-size: 13px; }
`;
