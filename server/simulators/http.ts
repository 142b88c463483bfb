import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** The least HTTP server that a simulator needs: fast, with a listener that can really go away and come back. */
export interface SimRequest {
  readonly method: string;
  readonly path: string;
  /** The raw query string, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SimReply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Break the connection instead of answering. */
  readonly drop?: boolean;
  /** Runs once the reply has left. */
  readonly after?: () => void;
}

export type SimHandler = (request: SimRequest) => SimReply | Promise<SimReply>;

export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Refuses connections for that long, as a host that is down does; open ones are broken. */
  goDown(forMs: number): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const BODY_LIMIT = 1024 * 1024;
/** Longer than any client keeps an idle connection, so that the client never finds it closed under a request. */
const KEEP_ALIVE_MS = 120_000;

export const DROP: SimReply = { status: 0, body: '', drop: true };

export function json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): SimReply {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } };
}

export function html(status: number, body: string): SimReply {
  return { status, body, headers: { 'content-type': 'text/html; charset=utf-8' } };
}

function readBody(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') return Promise.resolve('');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_LIMIT) reject(new Error('The request body is too large.'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

async function answer(handler: SimHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const body = await readBody(request);
  const reply = await handler({
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
    body,
  });
  if (reply.drop) {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body, reply.after);
}

/** Starts listening. Port 0 takes any free one and keeps it across goDown and comeBack. */
export async function listen(handler: SimHandler, port: number, host = '127.0.0.1'): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    answer(handler, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message, type: 'api_error' } }));
    });
  });
  const open = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await open(port);
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  let timer: NodeJS.Timeout | undefined;
  const comeBack = async () => {
    clearTimeout(timer);
    if (!server.listening) await open(actual);
  };
  return {
    url: `http://${host}:${actual}`,
    port: actual,
    comeBack,
    goDown: async (forMs) => {
      clearTimeout(timer);
      timer = setTimeout(() => void comeBack(), forMs);
      if (server.listening) await shut();
    },
    close: async () => {
      clearTimeout(timer);
      if (server.listening) await shut();
    },
  };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
