import type { Context } from 'hono';

/** Swagger UI, served with the dashboard: nothing is loaded from another host. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API · Retail Demand Edge</title>
    <link rel="icon" href="/favicon.svg">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body>
    <main id="docs"><p>The operations are loaded from the <a href="/openapi.json">OpenAPI document</a>.</p></main>
  </body>
</html>
`;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page on which people read the OpenAPI document and try its operations. */
export function sendDocsPage(c: Context): Response {
  c.header('Content-Security-Policy', POLICY);
  c.header('Cache-Control', 'public, max-age=3600');
  return c.html(PAGE);
}
