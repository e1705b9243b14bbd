import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../../dashboard/src/styles/tokens.css', import.meta.url), 'utf8');
const tokensOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]),
  );
const [lightCss = '', darkCss = ''] = css.split('@media (prefers-color-scheme: dark)');
const light = tokensOf(lightCss);
const schemes = { light, dark: { ...light, ...tokensOf(darkCss) } };

/** Relative luminance of a colour, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, WCAG 2.2: 1 up to 21. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT: [text: string, surfaces: string[]][] = [
  ['--text', ['--page', '--surface', '--surface-sunk']],
  ['--text-soft', ['--page', '--surface', '--surface-sunk']],
  ['--accent', ['--surface', '--surface-sunk']],
  ['--on-accent', ['--accent']],
  ['--good', ['--surface', '--good-soft']],
  ['--warn', ['--surface', '--warn-soft']],
  ['--bad', ['--surface', '--surface-sunk', '--bad-soft']],
];
/** Lines and marks that carry meaning, and the borders of controls. */
const MARKS = ['--accent', '--ink', '--ink-soft', '--promotion', '--good', '--line-strong'];

describe.each(Object.entries(schemes))('the %s colours', (_name, tokens) => {
  const colour = (token: string) => {
    const value = tokens[token];
    if (value === undefined) throw new Error(`tokens.css has no ${token}`);
    return value;
  };

  it('give every text a contrast of at least 4.5 to 1', () => {
    for (const [text, surfaces] of TEXT)
      for (const surface of surfaces)
        expect(contrast(colour(text), colour(surface)), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5);
  });

  it('give every mark a contrast of at least 3 to 1', () => {
    for (const mark of MARKS)
      expect(contrast(colour(mark), colour('--surface')), mark).toBeGreaterThanOrEqual(3);
  });
});

it('the dark scheme defines its own colours', () => {
  expect(schemes.dark['--surface']).not.toBe(schemes.light['--surface']);
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});
