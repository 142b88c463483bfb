import { createServer } from 'node:net';
import { Refusal } from './run.ts';

/** Resolves when the public port is free; refuses with what to do when it is not. */
export async function demandPort(port: number): Promise<void> {
  const code = await listenCode(port);
  if (code === 'EADDRINUSE') throw new Refusal(`Port ${port} is taken by another program: choose another with --port N.`);
  if (code === 'EACCES') throw new Refusal(`Port ${port} needs more rights than you have: choose one above 1024 with --port N.`);
  if (code) throw new Refusal(`Port ${port} cannot be used (${code}): choose another with --port N.`);
}

/** The wanted port of loopback if it is free, else any free one. For parts that only the stack itself talks to. */
export async function innerPort(wanted: number): Promise<number> {
  return (await listenCode(wanted, '127.0.0.1')) === undefined ? wanted : anyPort();
}

function listenCode(port: number, host?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** A port of loopback that is free now. */
export function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
