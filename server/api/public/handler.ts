import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../../kernel/errors.ts';
import { requestInfo, sendProblem } from '../../platform/http.ts';
import type { App } from '../app.ts';
import { createContext } from '../context.ts';
import { ANONYMOUS, type Principal, resolvePrincipal } from '../principal.ts';
import { Gone, sendPieces } from '../statements.ts';
import { readJsonObject } from './body.ts';
import { BASE_PATH, bodyInput, findOperation, queryInput } from './dispatch.ts';
import { type RestExchange, readExchange } from './exchange.ts';
import { BAD_KEYS_BY_IP, REQUESTS_BY_KEY } from './limits.ts';
import { servePage } from './pages.ts';
import { refusalOf } from './problem.ts';
import { createRestCaller, type RestOperation } from './router.ts';

/** Answers one request of the REST API, of its documentation or of the error catalogue. */
export async function handlePublic(req: IncomingMessage, res: ServerResponse, app: App): Promise<void> {
  const [path = '/', query = ''] = splitOnce(req.url ?? '/', '?');
  try {
    if (await servePage(path, req, res)) return;
    await answer(path, query, req, res, app);
  } catch (error) {
    refuse(req, res, error);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

async function answer(path: string, query: string, req: IncomingMessage, res: ServerResponse, app: App): Promise<void> {
  const { operation, params } = findOperation(req.method ?? 'GET', path.slice(BASE_PATH.length));
  const info = requestInfo(req);
  info.route = `rest ${operation.facts.id}`;
  const principal = await admitKey(req, app, info.ip);
  const exchange = readExchange(req.headers);
  const input =
    operation.facts.method === 'GET' ? queryInput(operation, query, params) : bodyInput(await readJsonObject(req), params);
  const ctx = createContext(app, principal, {
    requestId: info.requestId,
    traceId: info.traceId,
    ip: info.ip,
    userAgent: req.headers['user-agent'] ?? null,
  });
  try {
    const value = await call(operation.name, { ...ctx, rest: exchange }, input);
    if (exchange.csv) await sendCsv(req, res, exchange.csv);
    else sendAnswer(res, operation, exchange, value);
  } catch (error) {
    if (exchange.replayed) res.setHeader('Idempotent-Replayed', 'true');
    throw error;
  }
}

/** Only an API key opens this door: a cookie that a browser adds by itself counts for nothing here. */
async function admitKey(req: IncomingMessage, app: App, ip: string): Promise<Principal> {
  const { authorization } = req.headers;
  if (authorization === undefined) return ANONYMOUS;
  let principal: Principal;
  try {
    principal = await resolvePrincipal({ authorization }, app.pool, app.settings);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') app.limits.take(BAD_KEYS_BY_IP, ip);
    throw error;
  }
  app.limits.take(REQUESTS_BY_KEY, principal.actor);
  return principal;
}

function call(name: string, ctx: Parameters<typeof createRestCaller>[0], input: unknown): Promise<unknown> {
  let at: unknown = createRestCaller(ctx);
  // The caller is a proxy of functions, so that each step may be taken on a function.
  for (const part of name.split('.')) at = (at as Record<string, unknown>)[part];
  return (at as (input: unknown) => Promise<unknown>)(input);
}

/** What breaks off breaks the connection, so that nobody keeps half an answer for a whole one. */
async function sendCsv(
  req: IncomingMessage,
  res: ServerResponse,
  { name, pieces }: NonNullable<RestExchange['csv']>,
): Promise<void> {
  try {
    await sendPieces(res, name, pieces);
  } catch (error) {
    if (!res.headersSent) throw error;
    if (!(error instanceof Gone)) requestInfo(req).log.error({ err: error }, 'an answer in CSV broke off');
    res.destroy();
  }
}

function sendAnswer(res: ServerResponse, operation: RestOperation, exchange: RestExchange, value: unknown): void {
  const text = JSON.stringify(value);
  if (exchange.location) res.setHeader('Location', exchange.location);
  if (exchange.replayed) res.setHeader('Idempotent-Replayed', 'true');
  if (exchange.preferenceApplied) res.setHeader('Preference-Applied', exchange.preferenceApplied);
  res.writeHead(operation.facts.status ?? 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  res.end(text);
}

function refuse(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  const refusal = refusalOf(error);
  if (!res.headersSent) {
    if (refusal?.code === 'unauthenticated') res.setHeader('WWW-Authenticate', 'Bearer realm="Waybill"');
    const { allow, retry_after_seconds: seconds } = refusal?.data ?? {};
    if (Array.isArray(allow)) res.setHeader('Allow', allow.join(', '));
    if (typeof seconds === 'number') res.setHeader('Retry-After', String(Math.ceil(seconds)));
  }
  sendProblem(req, res, refusal ?? error);
}
