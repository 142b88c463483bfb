import { createServer, connect as dial, type Socket } from 'node:net';

/**
 * A wire to PostgreSQL that can be cut around COMMIT: after the client sent it, before the server hears of it (`before`), or when the
 * server has answered and the client does not hear of that (`after`). Either way the client only knows that its connection broke.
 */
export interface CuttingProxy {
  /** The address of the database through the wire. */
  readonly url: string;
  /** Cuts the wire of the next connection that sends COMMIT. */
  cut(when: 'before' | 'after'): void;
  readonly cuts: () => number;
  close(): Promise<void>;
}

/** `counted` names a prepared statement: only a COMMIT of a connection that used it since its last one is cut. */
export async function cuttingProxy(databaseUrl: string, counted = 'COMMIT'): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let next: 'before' | 'after' | null = null;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = dial(Number(target.port || 5432), target.hostname);
    let swallow = false;
    let counts = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk) => {
      counts ||= chunk.includes(counted);
      const commits = chunk.includes('COMMIT') && counts;
      if (commits) counts = false;
      if (next && commits) {
        const when = next;
        next = null;
        cuts += 1;
        if (when === 'before') return end();
        swallow = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (swallow) return end();
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.href,
    cut: (when) => {
      next = when;
    },
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
