import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import next from 'next';
import type { Env } from './platform/env.ts';
import { pathForLog } from './platform/http.ts';
import type { Log } from './platform/log.ts';

/**
 * The pages: Next's own request handler on loopback, where only the api process reaches it. WAYBILL_WEB_DEV=1 compiles pages as
 * they are asked for; otherwise the build of `next build` is served.
 */
export async function startWeb(env: Env, log: Log): Promise<Server> {
  const dev = env.WAYBILL_WEB_DEV === '1';
  const dir = join(import.meta.dirname, '..');
  // Only the api process connects here, and it closes what it needs no more: an idle connection that is closed at this end may be
  // closed in the very moment in which it is used again.
  const server = createServer({ keepAliveTimeout: 0 });
  const app = next({ dev, dir, hostname: '127.0.0.1', port: env.WEB_PORT, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on('request', (req, res) => {
    handle(req, res).catch((error: unknown) => {
      log.error({ err: error, path: pathForLog(req) }, 'a page failed');
      if (!res.headersSent) res.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
      res.end();
    });
  });
  if (dev) {
    const upgrade = app.getUpgradeHandler();
    server.on('upgrade', (req, socket, head) => void upgrade(req, socket, head));
  }
  return server;
}
