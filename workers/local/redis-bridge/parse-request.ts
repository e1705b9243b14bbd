/** One command, its arguments as text. */
export type Command = readonly [string, ...string[]];

export type RestRequest =
  | { readonly route: 'single'; readonly commands: readonly [Command] }
  | { readonly route: 'pipeline' | 'multi-exec'; readonly commands: readonly Command[] };

/** A request that the REST endpoint refuses, with the status that it answers. */
export class RestError extends Error {
  override name = 'RestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads what a request asks for: `POST /` with a command array, `POST /pipeline` and `POST /multi-exec` with arrays of
 * them, or the command in the path, where a body becomes the last argument and the query follows it.
 *
 * @throws {RestError} 400 for a command that is none.
 */
export function parseRequest(method: string, target: URL, body: Buffer): RestRequest {
  const segments = target.pathname.split('/').filter((segment) => segment !== '');
  const [first] = segments;
  if (method === 'POST' && (first === 'pipeline' || first === 'multi-exec') && segments.length === 1) {
    const list = parseJson(body);
    if (!Array.isArray(list)) throw new RestError(400, 'ERR failed to parse pipeline request');
    if (list.length === 0) throw new RestError(400, 'ERR empty pipeline request');
    return { route: first, commands: list.map(toCommand) };
  }
  if (segments.length === 0) {
    if (method !== 'POST') throw new RestError(400, 'ERR empty command');
    return { route: 'single', commands: [toCommand(parseJson(body))] };
  }
  const command = segments.map(decodePart);
  if (body.length > 0) command.push(body.toString());
  for (const [name, value] of target.searchParams) {
    if (name === '_token') continue;
    command.push(name);
    if (value !== '') command.push(value);
  }
  return { route: 'single', commands: [toCommand(command)] };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new RestError(400, 'ERR failed to parse command');
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RestError(400, 'ERR failed to parse command');
  }
}

/** Numbers and booleans become text; null and nested values are refused. */
function toCommand(value: unknown): Command {
  if (!Array.isArray(value)) throw new RestError(400, 'ERR failed to parse command');
  const [name, ...rest] = value.map((argument: unknown) => {
    if (typeof argument === 'string') return argument;
    if (typeof argument === 'number' || typeof argument === 'boolean') return String(argument);
    throw new RestError(400, `ERR null args are not supported`);
  });
  if (name === undefined || name === '') throw new RestError(400, 'ERR empty command');
  return [name, ...rest];
}
