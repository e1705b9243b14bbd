import { emptyReplySchema, type MlflowConnection, sendRequest } from './send-request.ts';

const PROXY = 'mlflow-artifacts/artifacts';
/** Uploads take longer than other requests. */
const TIMEOUT_FACTOR = 4;

/**
 * The folder of a run's files at the server's artifact proxy, below `/api/2.0/`.
 *
 * @param artifactUri of the run: `mlflow-artifacts:/1/<run>/artifacts`, the same with the server's host, or the proxy's
 * own address
 * @returns null if clients write to the server's storage themselves (S3, a directory, ...)
 */
export function artifactFolder(baseUrl: string, artifactUri: string): string | null {
  const uri = URL.canParse(artifactUri) ? new URL(artifactUri) : null;
  if (!uri) return null;
  const base = new URL(baseUrl);
  if (uri.protocol === 'mlflow-artifacts:') {
    // Credentials of one host must not be sent to another.
    if (uri.host !== '' && uri.host !== base.host) return null;
    return join(PROXY, uri.pathname);
  }
  const proxy = `${baseUrl}/api/2.0/${PROXY}/`;
  return artifactUri.startsWith(proxy) ? join(PROXY, artifactUri.slice(proxy.length)) : null;
}

/** @param folder of `artifactFolder` @param path below it, joined by "/" @throws {MlflowError} */
export function uploadArtifact(
  connection: MlflowConnection,
  folder: string,
  path: string,
  content: Uint8Array,
): Promise<void> {
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return sendRequest(
    { ...connection, timeoutMs: TIMEOUT_FACTOR * connection.timeoutMs },
    { method: 'PUT', path: `${folder}/${escaped}`, body: content, isRepeatable: true },
    emptyReplySchema,
  );
}

function join(head: string, tail: string): string {
  return `${head}/${tail.split('/').filter(Boolean).join('/')}`;
}
