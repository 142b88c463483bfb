import { type AddressInfo, createServer, type Server } from 'node:net';

/** Listens where nobody has any business, and counts who comes. */
export interface CanaryListener {
  readonly port: number;
  /** What was said by whoever came; empty where they said nothing. */
  readonly visits: readonly string[];
  close(): Promise<void>;
}

/** On every address of this machine, so that each way to write "here" leads to it. */
export async function listenForCanaries(): Promise<CanaryListener> {
  const visits: string[] = [];
  const server: Server = createServer((socket) => {
    const at = visits.push('') - 1;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      visits[at] += data.toString();
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    visits,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The ways to write an address of this machine, or of what must not be reached from it, that have got past filters elsewhere. */
export function urlsOf(port: number): string[] {
  return [
    `http://127.0.0.1:${port}/canary`,
    `http://localhost:${port}/canary`,
    `http://LOCALHOST.:${port}/canary`,
    `http://[::1]:${port}/canary`,
    `http://[::ffff:127.0.0.1]:${port}/canary`,
    `http://0.0.0.0:${port}/canary`,
    `http://0:${port}/canary`,
    `http://127.1:${port}/canary`,
    `http://2130706433:${port}/canary`,
    `http://0x7f000001:${port}/canary`,
    `http://0177.0.0.1:${port}/canary`,
    `http://127.0.0.1.nip.io:${port}/canary`,
    `http://shop.example@127.0.0.1:${port}/canary`,
    `http://127.0.0.1:${port}#@shop.example/`,
    `http://127.0.0.1:${port}\\@shop.example/`,
    `//127.0.0.1:${port}/canary`,
    `https://127.0.0.1:${port}/canary`,
    `ftp://127.0.0.1:${port}/canary`,
    `gopher://127.0.0.1:${port}/_canary`,
    `http://①②⑦.⓪.⓪.①:${port}/canary`,
    `http://127。0。0。1:${port}/canary`,
    `http://169.254.169.254/latest/meta-data/`,
    `file:///etc/passwd`,
    `jar:http://127.0.0.1:${port}!/`,
    `<img src="http://127.0.0.1:${port}/canary">`,
    `<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:${port}/canary"><a/>`,
    `\${jndi:ldap://127.0.0.1:${port}/canary}`,
    `=WEBSERVICE("http://127.0.0.1:${port}/canary")`,
  ];
}
