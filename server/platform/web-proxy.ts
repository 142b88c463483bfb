import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createProxyServer } from 'http-proxy-3';
import { DomainError } from '../kernel/errors.ts';
import { requestInfo, sendProblem } from './http.ts';
import { type HeaderPolicy, pagePolicy } from './security-headers.ts';

/** A page that has not begun to answer after this long will not. */
const PAGE_TIMEOUT_MS = 60_000;

export interface WebProxy {
  /** Passes a request on to Next and its answer back. */
  web(req: IncomingMessage, res: ServerResponse): void;
  /** Passes a WebSocket on: Next's development server updates pages through one. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void;
  close(): void;
}

/** Passes everything that is not the API to the web process on loopback, over connections that are kept open. */
export function createWebProxy(port: number, policy: HeaderPolicy): WebProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, keepAliveMsecs: 10_000 });
  const proxy = createProxyServer({
    target: { host: '127.0.0.1', port },
    agent,
    xfwd: false, // prepareForNext says who forwards for whom
    proxyTimeout: PAGE_TIMEOUT_MS,
  });
  const asked = new WeakSet<IncomingMessage>();
  proxy.on('error', (error, req, res) => {
    if (res instanceof Socket) {
      res.destroy();
      return;
    }
    if (isCutWire(error) && mayRepeat(req) && !res.headersSent && !asked.has(req)) {
      asked.add(req);
      proxy.web(req, res);
      return;
    }
    requestInfo(req).log.warn({ err: error }, 'the web process did not answer');
    sendProblem(req, res, new DomainError('unavailable', 'The pages are starting, or stopped. Try again in a moment.'));
  });
  return {
    web(req, res) {
      const page = pagePolicy(policy);
      req.headers['content-security-policy'] = page.csp;
      req.headers['x-nonce'] = page.nonce;
      res.setHeader('Content-Security-Policy', page.csp);
      prepareForNext(req, policy);
      proxy.web(req, res);
    },
    upgrade(req, socket, head) {
      prepareForNext(req, policy);
      proxy.ws(req, socket, head);
    },
    close() {
      agent.destroy();
      proxy.close();
    },
  };
}

/** A connection that was kept open and closed at the other end: the request may never have been read. */
const isCutWire = (error: Error): boolean => 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

/** What reads only, and has no body that is gone by now. */
const mayRepeat = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

function prepareForNext(req: IncomingMessage, policy: HeaderPolicy): void {
  const info = requestInfo(req);
  const origin = new URL(policy.origin);
  req.headers['x-forwarded-for'] = info.ip;
  req.headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
  req.headers['x-forwarded-host'] = req.headers.host ?? origin.host;
  req.headers.traceparent = info.traceparent;
  req.headers['x-request-id'] = info.requestId;
}
