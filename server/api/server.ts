import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { DomainError } from '../kernel/errors.ts';
import { admitRequest, assertBodyWithin, pathForLog, requestInfo, sendProblem } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Press } from '../platform/paper/press.ts';
import { type HeaderPolicy, setSecurityHeaders } from '../platform/security-headers.ts';
import type { Telemetry } from '../platform/telemetry.ts';
import type { WebProxy } from '../platform/web-proxy.ts';
import type { App } from './app.ts';
import { createHttpContext } from './context.ts';
import { handleDocument } from './documents.ts';
import { handleExport } from './exports.ts';
import { type HealthDeps, handleHealth } from './health.ts';
import type { LiveEndpoint } from './live.ts';
import { handlePaymentReturn } from './payment-return.ts';
import { handleWebhook, type WebhookDeps } from './webhooks.ts';

/** The versioned REST API: answers one request under /api/v1. */
export type PublicHandler = (req: IncomingMessage, res: ServerResponse, app: App) => Promise<void> | void;

export interface ApiServerOptions {
  readonly app: App;
  readonly router: AnyRouter;
  readonly handlePublic: PublicHandler;
  readonly live: LiveEndpoint;
  readonly press: Press;
  readonly webhooks: WebhookDeps;
  readonly health: HealthDeps;
  readonly web: WebProxy;
  readonly headers: HeaderPolicy;
  readonly hosts: ReadonlySet<string>;
  readonly trusted: BlockList;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

const MB = 1024 * 1024;
const BODY_LIMIT_BYTES = MB;
/** A product list of some 50,000 rows. */
const IMPORT_LIMIT_BYTES = 10 * MB;
/** The procedures that take a file in their input; called alone, not in a batch. */
const IMPORT_PROCEDURE = /^(?:[a-z]+\.import[A-Za-z]*|stockFiles\.[A-Za-z]+)$/;
/** A page asks for a dozen things at once; more is somebody guessing. */
const MAX_BATCH = 20;
const TRPC_PATH = '/api/trpc/';
const REST_PATH = '/api/v1';
const WEBHOOK_PATH = /^\/api\/webhooks\/([a-z_]{1,20})$/;

/** The one public port: the API in this process, everything else through the proxy. */
export function createApiServer(options: ApiServerOptions): Server {
  const trpc = trpcHandler(options);
  const server = createServer({
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 5_000, // how late those two may be noticed; Node's own is half a minute
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
  });
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    admit(options, req, res);
    route(options, trpc, req, res).catch((error: unknown) => sendProblem(req, res, error));
  });
  server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    admitHeaders(options, req);
    if (!options.headers.webDevelopment || !isKnownHost(options, req)) socket.destroy();
    else options.web.upgrade(req, socket, head);
  });
  server.on('clientError', refuseSocket);
  return server;
}

/** `server.on('clientError')` gives a Duplex that is in fact the connection's socket. */
type ClientSocket = Duplex & { readonly bytesRead?: number };

/**
 * What is not even HTTP gets the shortest answer there is, and so does what took too long to say. A connection on which nothing was said
 * yet gets none: browsers open some in advance, and one that is used at this moment would take an answer for that of its request.
 */
function refuseSocket(error: NodeJS.ErrnoException, socket: ClientSocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy();
  else socket.end(`HTTP/1.1 ${REFUSED_SOCKETS[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
}

const REFUSED_SOCKETS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** A target may name its host in full (RFC 9112 §3.2.2): then that counts, and the Host header does not. */
function readTarget(req: IncomingMessage): void {
  const [, host, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(req.url ?? '') ?? [];
  if (host === undefined || rest === undefined) return;
  req.headers.host = host;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
}

function admitHeaders({ log, trusted }: ApiServerOptions, req: IncomingMessage): void {
  readTarget(req);
  const info = admitRequest(req, log, trusted);
  // Whatever says where a request came from is ours to say; below the edge nobody needs to ask whether to believe it.
  for (const name of Object.keys(req.headers)) {
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip' || name === 'x-nonce')
      delete req.headers[name];
  }
  delete req.headers['content-security-policy'];
  req.headers['x-forwarded-for'] = info.ip;
}

function admit(options: ApiServerOptions, req: IncomingMessage, res: ServerResponse): void {
  admitHeaders(options, req);
  const info = requestInfo(req);
  res.setHeader('X-Request-Id', info.requestId);
  res.setHeader('traceparent', info.traceparent);
  setSecurityHeaders(res, options.headers);
  res.on('close', () => {
    const ms = performance.now() - info.receivedAt;
    const status = res.headersSent ? res.statusCode : 499;
    options.telemetry.observeRequest({ route: info.route, method: req.method ?? '', status, ms });
    if (options.log.isLevelEnabled('debug'))
      info.log.debug({ method: req.method, path: pathForLog(req), status, ms: Math.round(ms), route: info.route }, 'request');
  });
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? '/').split('?', 1)[0] ?? '/';
}

function isKnownHost({ hosts }: ApiServerOptions, req: IncomingMessage): boolean {
  return hosts.has((req.headers.host ?? '').toLowerCase());
}

async function route(
  options: ApiServerOptions,
  trpc: (req: IncomingMessage, res: ServerResponse) => void,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = pathOf(req);
  const info = requestInfo(req);
  if (!path.startsWith('/')) throw new DomainError('invalid_request', 'Ask for an address that begins with a slash.');
  // Balancers and scrapers come by an address; without a token figures are for this machine only, and a page that calls itself so is not.
  if (path.startsWith('/health/') || (path === '/metrics' && (options.health.metricsToken || isKnownHost(options, req)))) {
    info.route = path;
    if (await handleHealth(options.health, path, req, res)) return;
  }
  if (!isKnownHost(options, req)) {
    throw new DomainError('invalid_request', `This is ${options.app.settings.origin}. Use that address.`);
  }
  if (path === '/problems' || path.startsWith('/problems/')) {
    info.route = 'rest';
    await options.handlePublic(req, res, options.app);
    return;
  }
  if (!path.startsWith('/api/') || path.startsWith('/api/auth/')) {
    info.route = path.startsWith('/api/auth/') ? 'auth' : 'page';
    options.web.web(req, res);
    return;
  }
  res.setHeader('Cache-Control', 'no-store');
  await routeApi(options, trpc, path, req, res);
}

async function routeApi(
  options: ApiServerOptions,
  trpc: (req: IncomingMessage, res: ServerResponse) => void,
  path: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const info = requestInfo(req);
  const webhook = WEBHOOK_PATH.exec(path);
  if (path.startsWith(TRPC_PATH)) {
    info.route = 'trpc';
    assertBodyWithin(req, bodyLimit(path));
    trpc(req, res);
  } else if (path === REST_PATH || path.startsWith(`${REST_PATH}/`)) {
    info.route = 'rest';
    assertBodyWithin(req, BODY_LIMIT_BYTES);
    await options.handlePublic(req, res, options.app);
  } else if (webhook?.[1]) {
    info.route = 'webhook';
    await handleWebhook(options.webhooks, webhook[1], req, res);
  } else if (path === '/api/payment-return') {
    info.route = 'payment-return';
    await handlePaymentReturn(options.app, options.webhooks.store, req, res);
  } else if (path.startsWith('/api/documents/')) {
    info.route = 'document';
    await handleDocument(options.app, options.press, req, res);
  } else if (path.startsWith('/api/exports/')) {
    info.route = 'export';
    await handleExport(options.app, req, res);
  } else if (path === '/api/live') {
    info.route = 'live';
    await options.live.handle(req, res);
  } else {
    throw new DomainError('not_found', 'There is nothing at this address. The API is described at /api/v1/docs.');
  }
}

function bodyLimit(path: string): number {
  return IMPORT_PROCEDURE.test(path.slice(TRPC_PATH.length)) ? IMPORT_LIMIT_BYTES : BODY_LIMIT_BYTES;
}

/** GET is for queries: tRPC answers a mutation by GET with 405, and method override stays off. */
function trpcHandler({ app, router }: ApiServerOptions): (req: IncomingMessage, res: ServerResponse) => void {
  const handler = (maxBodySize: number) =>
    createHTTPHandler({
      router,
      basePath: TRPC_PATH,
      maxBodySize,
      maxBatchSize: MAX_BATCH,
      allowMethodOverride: false,
      createContext: ({ req }) => {
        const { requestId, traceId, ip } = requestInfo(req);
        return createHttpContext(app, req, { requestId, traceId, ip });
      },
    });
  const ordinary = handler(BODY_LIMIT_BYTES);
  const imports = handler(IMPORT_LIMIT_BYTES);
  return (req, res) => (bodyLimit(pathOf(req)) === IMPORT_LIMIT_BYTES ? imports : ordinary)(req, res);
}
