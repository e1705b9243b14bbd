/** What a command answered, as the client hands it over: texts as bytes, errors as values. */
export type Reply = string | number | null | Buffer | Error | readonly Reply[];

type Json = string | number | null | readonly Json[] | { readonly error: string };

/** `{result}` or `{error}`, as the REST endpoint tells one command's answer. */
export function encodeReply(reply: Reply, base64: boolean): { result: Json } | { error: string } {
  if (reply instanceof Error) return { error: reply.message };
  // Only this word, and only by itself, stays as it is.
  if (base64 && String(reply) === 'OK' && !Array.isArray(reply)) return { result: 'OK' };
  return { result: encode(reply, base64) };
}

function encode(reply: Reply, base64: boolean): Json {
  if (reply === null || typeof reply === 'number') return reply;
  if (reply instanceof Error) return { error: reply.message };
  if (typeof reply === 'string' || Buffer.isBuffer(reply)) {
    return base64 ? Buffer.from(reply).toString('base64') : reply.toString();
  }
  return (reply as readonly Reply[]).map((item) => encode(item, base64));
}
