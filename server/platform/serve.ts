import type { Server } from 'node:http';

/** What a balancer or a person waits for at most. */
const DRAIN_MS = 10_000;

/** Listens. Throws one sentence that says what to do when the port is taken. */
export function listen(server: Server, port: number, host?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new Error(`Port ${port} is taken. Stop what uses it, or choose another with --port.`));
      else if (error.code === 'EACCES')
        reject(new Error(`Port ${port} is not allowed for this user. Choose one above 1023 with --port.`));
      else reject(error);
    });
    server.listen({ port, host }, resolve);
  });
}

/** Takes no new connections, lets running requests end for `drainMs` at most, then cuts the rest off. */
export async function drain(server: Server, drainMs: number = DRAIN_MS): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection that is kept open becomes idle when its request ends; nobody tells, so look.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
