import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { z } from 'zod';

/** What the layout forbids; paths are relative to the root, with `/`. */
const rulesSchema = z.strictObject({
  /** Folders that are read, with all in them. */
  roots: z.array(z.string()),
  leftOut: z.array(z.string()),
  /** A folder of these imports only those before it. */
  readingOrders: z.array(z.strictObject({ in: z.string(), folders: z.array(z.string()) })),
  /** Regular expressions; `\1` in `to` is the first group of `from`. */
  forbidden: z.array(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      why: z.string(),
      /** Whether an import of types alone is allowed. */
      typesMay: z.boolean().optional(),
    }),
  ),
});
export type ImportRules = z.infer<typeof rulesSchema>;

export interface ImportCheck {
  readonly modules: number;
  readonly imports: number;
  /** One line each. */
  readonly violations: readonly string[];
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

export async function readRules(file: URL): Promise<ImportRules> {
  return rulesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/**
 * Reads every module below the roots and checks what it imports: no circle of files, no two folders that import each other (a
 * folder and one inside it count), the reading orders, and what is forbidden.
 *
 * @param root an absolute path
 * @throws {Error} for a module that cannot be parsed, or an import of a file that is not there
 */
export async function checkImports(root: string, rules: ImportRules): Promise<ImportCheck> {
  const modules = await findModules(root, rules);
  const known = new Set(modules);
  const imports: Import[] = [];
  for (const module of modules) imports.push(...(await importsOf(root, module, known)));
  const violations = [
    ...circles(modules, imports),
    ...mutualFolders(imports),
    ...rules.readingOrders.flatMap((order) => againstOrder(imports, order)),
    ...rules.forbidden.flatMap((rule) => againstRule(imports, rule)),
  ];
  return { modules: modules.length, imports: imports.length, violations };
}

async function findModules(root: string, { roots, leftOut }: ImportRules): Promise<string[]> {
  const found: string[] = [];
  for (const folder of roots) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(join(root, '/').length).split(sep).join('/');
      const isModule = entry.isFile() && /\.tsx?$/.test(path) && !/(^|\/)node_modules\//.test(path);
      if (isModule && !leftOut.some((left) => path.startsWith(`${left}/`))) found.push(path);
    }
  }
  return found.sort();
}

/** The modules of the root that a module imports, re-exports or loads. */
async function importsOf(root: string, from: string, known: ReadonlySet<string>): Promise<Import[]> {
  const { module, errors } = parseSync(from, await readFile(join(root, from), 'utf8'));
  if (errors.length > 0) throw new Error(`${from} cannot be parsed: ${errors[0]?.message}`);
  const found = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      typesOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? [{ specifier: moduleRequest.value, typesOnly: isType }] : [],
      ),
    ),
  ];
  return found.flatMap(({ specifier, typesOnly }) => {
    if (!/^\.\.?\/.*\.tsx?$/.test(specifier)) return [];
    const to = posix.join(dirname(from), specifier);
    const isLeftOut = !known.has(to) && !/^(shared|workers|dashboard\/src)\//.test(to);
    if (isLeftOut) return [];
    if (!known.has(to)) throw new Error(`${from} imports ${specifier}, which is not there`);
    return [{ from, to, typesOnly }];
  });
}

/** Groups of files of which each is reached from each (Tarjan's strongly connected components). */
function circles(modules: readonly string[], imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const order = new Map<string, number>();
  const open: string[] = [];
  const found: string[] = [];
  const visit = (module: string): number => {
    let low = order.size;
    const own = low;
    order.set(module, own);
    open.push(module);
    for (const { to } of next.get(module) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (open.includes(to)) low = Math.min(low, order.get(to) ?? low);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(module));
      if (circle.length > 1) found.push(`circle: ${circle.join(' -> ')}`);
    }
    return low;
  };
  for (const module of modules) if (!order.has(module)) visit(module);
  return found;
}

function mutualFolders(imports: readonly Import[]): string[] {
  const between = new Map<string, Import>();
  for (const entry of imports) {
    const [from, to] = [dirname(entry.from), dirname(entry.to)];
    if (from !== to) between.set(`${from} ${to}`, entry);
  }
  return [...between].flatMap(([key, one]) => {
    const [from = '', to = ''] = key.split(' ');
    const other = between.get(`${to} ${from}`);
    if (!other || from > to) return [];
    return [`folders that import each other: ${arrow(one)}; ${arrow(other)}`];
  });
}

function againstOrder(
  imports: readonly Import[],
  { in: parent, folders }: ImportRules['readingOrders'][number],
): string[] {
  const placeOf = (path: string) => {
    const [folder = ''] = path.startsWith(`${parent}/`) ? path.slice(parent.length + 1).split('/') : [];
    return folders.indexOf(folder);
  };
  return imports
    .filter(({ from, to }) => placeOf(from) >= 0 && placeOf(to) > placeOf(from))
    .map((entry) => `against the reading order of ${parent}: ${arrow(entry)}`);
}

function againstRule(
  imports: readonly Import[],
  { from, to, why, typesMay = false }: ImportRules['forbidden'][number],
): string[] {
  return imports
    .filter((entry) => {
      const match = new RegExp(from).exec(entry.from);
      if (!match || (typesMay && entry.typesOnly)) return false;
      return new RegExp(to.replaceAll('\\1', match[1] ?? '')).test(entry.to);
    })
    .map((entry) => `${why}: ${arrow(entry)}`);
}

function arrow({ from, to }: Import): string {
  return `${from} -> ${to}`;
}
