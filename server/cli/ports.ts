import { randomInt } from 'node:crypto';
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

/** Below the ports of stacks, and of those that systems hand out for outgoing connections. */
const SINGLE_PORTS = { from: 10_000, to: 20_000 } as const;
const DRAWS = 20;

/**
 * A port of loopback that is free now. Not one that the system hands out: what is free of those may be the near end of somebody's connection a
 * moment later.
 */
export async function anyPort(): Promise<number> {
  for (let draw = 0; draw < DRAWS; draw++) {
    const port = randomInt(SINGLE_PORTS.from, SINGLE_PORTS.to);
    if ((await listenCode(port, '127.0.0.1')) === undefined) return port;
  }
  return handedOut();
}

function handedOut(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Below the ports that systems hand out for outgoing connections (RFC 6335 leaves them to users). */
const STACK_PORTS = { from: 20_000, to: 29_000 } as const;
/** A stack's parts lie this far behind its public port at most. */
const STACK_SPAN = 32;
const STACK_TRIES = 50;

/**
 * A port for a whole stack of its own: free, and so are those behind it where its parts go. Not one the system may give to somebody's
 * outgoing connection a moment later.
 */
export async function stackPort(): Promise<number> {
  for (let tries = 0; tries < STACK_TRIES; tries++) {
    const port = STACK_PORTS.from + Math.floor(Math.random() * (STACK_PORTS.to - STACK_PORTS.from));
    const taken = await Promise.all(Array.from({ length: STACK_SPAN }, (_, offset) => listenCode(port + offset, '127.0.0.1')));
    if (taken.every((code) => code === undefined)) return port;
  }
  return anyPort();
}
