/** A method and a path as the OpenAPI document has them, `/v1/models/{version}`. */
interface RoutePattern {
  readonly method: string;
  readonly path: string;
}

/** @returns the methods that an address takes, in upper case, without duplicates; empty for an unknown address. */
export function createAllowedMethods(routes: readonly RoutePattern[]): (path: string) => readonly string[] {
  const patterns = routes.map(({ method, path }) => ({
    method: method.toUpperCase(),
    expression: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }));
  return (path) => {
    const methods = new Set<string>();
    for (const { method, expression } of patterns) {
      if (!expression.test(path)) continue;
      methods.add(method);
      if (method === 'GET') methods.add('HEAD');
    }
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods];
  };
}
