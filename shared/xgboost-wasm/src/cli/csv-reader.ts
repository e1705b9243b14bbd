import { XgboostWasmError } from '../errors.ts';

/** Splits one line of CSV: commas, double quotes, doubled quotes inside quotes. */
function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? '';
    if (quoted && character === '"' && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  cells.push(cell);
  return cells;
}

const MISSING = new Set(['', 'na', 'nan', 'null', 'none']);

function readNumber(cell: string, line: number, column: string): number {
  const word = cell.trim();
  if (MISSING.has(word.toLowerCase())) return Number.NaN;
  const value = Number(word);
  if (!Number.isNaN(value)) return value;
  throw new XgboostWasmError(
    'invalid-input',
    `line ${line}`,
    `'${word.slice(0, 40)}' in column ${column} is not a number`,
  );
}

/** The column of each feature in a header: by name when all names are present, else in order. */
function columnsOf(
  header: readonly string[],
  featureNames: readonly string[],
  featureCount: number,
): number[] {
  const named = featureNames.map((name) => header.indexOf(name));
  if (named.length > 0 && named.every((place) => place >= 0)) return named;
  if (featureNames.length > 0) {
    const lacking = featureNames.filter((_, i) => (named[i] ?? -1) < 0);
    throw new XgboostWasmError(
      'invalid-input',
      'line 1',
      `the header lacks ${lacking.slice(0, 5).join(', ')}`,
    );
  }
  if (header.length !== featureCount) {
    const message = `has ${header.length} columns, but the model has ${featureCount} features`;
    throw new XgboostWasmError('invalid-input', 'line 1', message);
  }
  return header.map((_, i) => i);
}

/**
 * Reads a CSV file with a header line as a row-major matrix. Columns are found by the model's feature names, in any
 * order, and may stand among other columns; a model without names takes all columns in their order. Empty cells, NA
 * and NaN are missing.
 *
 * @throws XgboostWasmError `invalid-input` with the line and column
 */
export function readCsv(text: string, featureNames: readonly string[], featureCount: number): Float32Array {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const header = splitLine(lines[0] ?? '').map((name) => name.trim());
  const columns = columnsOf(header, featureNames, featureCount);
  const rows = new Float32Array((lines.length - 1) * featureCount);
  for (let i = 1; i < lines.length; i++) {
    const cells = splitLine(lines[i] ?? '');
    if (cells.length !== header.length) {
      const message = `has ${cells.length} cells, but the header has ${header.length}`;
      throw new XgboostWasmError('invalid-input', `line ${i + 1}`, message);
    }
    columns.forEach((place, feature) => {
      rows[(i - 1) * featureCount + feature] = readNumber(cells[place] ?? '', i + 1, header[place] ?? '');
    });
  }
  return rows;
}
