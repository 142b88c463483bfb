import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Sends one request and resolves with its answer. */
export type Send = (method: 'GET' | 'POST', path: string, key: string | null, body?: unknown) => Promise<Answer>;

const HEADERS_END = '\r\n\r\n';

/** One keep-alive connection on loopback, one request at a time: a client library would cost more than the server that is measured. */
export function openWire(port: number, apiKey: string): Promise<{ readonly send: Send; close(): void }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let text = '';
    let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void; sentAt: number } | null = null;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf(HEADERS_END);
      if (end < 0 || !waiting) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + HEADERS_END.length + length) return;
      const { resolve: answer, sentAt } = waiting;
      waiting = null;
      const [status, body] = [Number(text.slice(9, 12)), text.slice(end + HEADERS_END.length)];
      text = '';
      answer({ status, body, ms: performance.now() - sentAt });
    });
    const gone = (): void => {
      waiting?.reject(new Error('The connection was closed'));
      reject(new Error(`Nobody listens at ${port}`));
    };
    socket.on('error', gone);
    socket.on('close', gone);
    const send: Send = (method, path, key, body) =>
      new Promise((answer, fail) => {
        waiting = { resolve: answer, reject: fail, sentAt: performance.now() };
        const json = body === undefined ? '' : JSON.stringify(body);
        const own = key === null ? '' : `Idempotency-Key: ${key}\r\n`;
        socket.write(
          `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\n` +
            `${own}Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
        );
      });
    socket.on('connect', () => resolve({ send, close: () => socket.destroy() }));
  });
}
