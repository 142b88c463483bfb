import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DomainError, ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { openApiDocument } from './document.ts';
import { ERROR_ADVICE } from './error-advice.ts';

/** The document, its reading page and the error catalogue: public, and made of nothing but files of our own. */
interface Page {
  readonly type: string;
  readonly body: Buffer;
  readonly zipped: Buffer;
}

const compress = promisify(gzip);
const made = new Map<string, Promise<Page>>();
const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** The reference page compiles nothing and loads from nowhere else; it writes style attributes, and keeps its images in itself. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const START = `Scalar.createApiReference('#reference', {
  url: '/api/v1/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  authentication: { preferredSecurityScheme: 'ApiKey' },
});
`;

const STYLES = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main.page { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
.page code { font-family: ui-monospace, monospace; }
.page a { color: LinkText; }
.page th, .page td { text-align: left; vertical-align: top; padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
`;

const frame = (title: string, content: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/api/v1/docs/page.css">${head}</head><body>${content}</body></html>`;

const MAKERS: Readonly<Record<string, () => Promise<{ type: string; body: string | Buffer }>>> = {
  '/api/v1/openapi.json': async () => ({ type: 'application/json; charset=utf-8', body: JSON.stringify(openApiDocument()) }),
  '/api/v1/docs': async () => ({
    type: HTML,
    body: frame(
      'Waybill API',
      '<div id="reference"></div><script src="/api/v1/docs/reference.js"></script><script src="/api/v1/docs/start.js"></script>',
    ),
  }),
  '/api/v1/docs/page.css': async () => ({ type: STYLE, body: STYLES }),
  '/api/v1/docs/start.js': async () => ({ type: SCRIPT, body: START }),
  '/api/v1/docs/reference.js': async () => ({ type: SCRIPT, body: await readFile(referenceFile()) }),
  '/problems': async () => ({ type: HTML, body: catalogue() }),
};

function referenceFile(): string {
  const main = createRequire(import.meta.url).resolve('@scalar/api-reference');
  return join(dirname(main), 'browser', 'standalone.js');
}

function catalogue(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[])
    .map(
      (code) =>
        `<tr><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${ERRORS[code].status}</td><td>${ERRORS[code].title}</td></tr>`,
    )
    .join('');
  return frame(
    'Errors of the Waybill API',
    `<main class="page"><h1>Errors</h1><p>Every refusal is a problem document (RFC 9457); decide on its <code>code</code>. <a href="/api/v1/docs">The API</a></p>
<table><thead><tr><th>code</th><th>status</th><th>what it means</th></tr></thead><tbody>${rows}</tbody></table></main>`,
  );
}

function entry(code: ErrorCode): string {
  const { status, title, retryable } = ERRORS[code];
  const again = retryable
    ? 'The same request may succeed later: repeat it after the time in Retry-After, under the same Idempotency-Key.'
    : 'Repeating the same request gets the same answer.';
  return frame(
    `${code}: Waybill API`,
    `<main class="page"><h1><code>${code}</code></h1><p>${title} (HTTP ${status})</p><p>${ERROR_ADVICE[code]}</p><p>${again}</p><p><a href="/problems">All errors</a></p></main>`,
  );
}

async function make(path: string): Promise<Page> {
  const maker = MAKERS[path];
  const code = path.startsWith('/problems/') ? path.slice('/problems/'.length) : '';
  const { type, body } = maker ? await maker() : { type: HTML, body: entry(code as ErrorCode) };
  const bytes = Buffer.from(body);
  return { type, body: bytes, zipped: await compress(bytes) };
}

function isPage(path: string): boolean {
  return Object.hasOwn(MAKERS, path) || (path.startsWith('/problems/') && Object.hasOwn(ERRORS, path.slice('/problems/'.length)));
}

/** Answers if `path` is one of the pages. Throws `not_found` for an error that does not exist. */
export async function servePage(path: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (!isPage(path)) {
    if (path.startsWith('/problems/'))
      throw new DomainError('not_found', 'There is no such error. All of them are at /problems.');
    return false;
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    throw new DomainError('method_not_allowed', 'This address takes GET.', { allow: ['GET'] });
  }
  const known = made.get(path) ?? make(path);
  made.set(path, known);
  const page = await known.catch((error: unknown) => {
    made.delete(path);
    throw error;
  });
  const zips = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
  const body = zips ? page.zipped : page.body;
  res.setHeader('Content-Security-Policy', CSP);
  res.writeHead(200, {
    'Content-Type': page.type,
    'Content-Length': body.length,
    'Cache-Control': 'public, max-age=300',
    Vary: 'Accept-Encoding',
    ...(zips ? { 'Content-Encoding': 'gzip' } : {}),
  });
  res.end(body);
  return true;
}
