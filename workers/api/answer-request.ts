interface Answering {
  fetch(request: Request): Response | Promise<Response>;
}

/** Answers a request by the API or, where the path is none of its own, by the dashboard's files. */
export async function answerRequest(request: Request, api: Answering, assets: Answering): Promise<Response> {
  if (isApiPath(new URL(request.url).pathname)) return api.fetch(request);
  const answer = await assets.fetch(request);
  if (answer.status !== 404) return answer;
  // The headers of files are those of their path, whether or not it exists: a missing one would be cached for a year.
  const missing = new Response(answer.body, answer);
  missing.headers.set('Cache-Control', 'no-store');
  return missing;
}

function isApiPath(path: string): boolean {
  return path === '/openapi.json' || path === '/v1' || path.startsWith('/v1/');
}
