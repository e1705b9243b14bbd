import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Checks the signature of a request as a server does, from AWS's description of signature version 4 and not with the
 * client's code: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @returns the code with which S3 refuses the request, null when the signature holds
 */
export function checkSignature(
  request: IncomingMessage,
  body: Uint8Array,
  key: { readonly id: string; readonly secret: string },
): 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'XAmzContentSHA256Mismatch' | null {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  const [, credential = '', signedHeaders = '', signature = ''] = match ?? [];
  const [keyId, date = '', region = '', service = '', suffix = ''] = credential.split('/');
  if (keyId !== key.id) return 'InvalidAccessKeyId';
  const names = signedHeaders.split(';');
  const mustBeSigned = Object.keys(request.headers).filter((name) => /^(host$|if-|x-amz-)/.test(name));
  if (mustBeSigned.some((name) => !names.includes(name))) return 'SignatureDoesNotMatch';

  const [path = '', search = ''] = (request.url ?? '').split('?');
  const query = search === '' ? '' : search.split('&').sort().join('&').replaceAll('+', '%20');
  const headers = names.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join('');
  const bodyHash = String(request.headers['x-amz-content-sha256']);
  const canonical = [request.method, path, query, headers, signedHeaders, bodyHash].join('\n');
  const scope = [date, region, service, suffix].join('/');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [date, region, service, suffix].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${key.secret}`,
  );
  if (createHmac('sha256', signingKey).update(text).digest('hex') !== signature)
    return 'SignatureDoesNotMatch';
  return sha256(body) === bodyHash ? null : 'XAmzContentSHA256Mismatch';
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
