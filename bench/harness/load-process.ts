import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { drawFrom } from './draw.ts';
import type { LoadPlan, LoadRecord } from './load.ts';

/**
 * The buyers, over plain sockets on loopback: an HTTP client library would cost more than the server that is measured, on the same two
 * cores. Every request has a key, a customer and lines of its own, drawn from a seeded generator.
 */
const [planFile, recordFile] = process.argv.slice(2) as [string, string];
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as LoadPlan;

/** A request that has no answer by then never will. */
const DRAIN_MS = 60_000;
const HEADERS_END = '\r\n\r\n';

const draw = drawFrom(plan.seed);
const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
const run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
let made = 0;

function request(apiKey: string): string {
  const first = draw(plan.skus.length);
  const lines = Array.from({ length: plan.linesPerOrder }, (_, index) => ({
    sku: plan.skus[(first + index * 7) % plan.skus.length],
    quantity: 1 + draw(3),
  }));
  const body = JSON.stringify({
    currency: 'EUR',
    customer: { email: pick(plan.emails) },
    lines,
    ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
    payment: { token: 'pm_card_visa' },
  });
  const prefer = plan.waitSeconds === undefined ? '' : `Prefer: wait=${plan.waitSeconds}\r\n`;
  return (
    `POST ${plan.path} HTTP/1.1\r\nHost: localhost:${plan.port}\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: ${run}-${made++}\r\n${prefer}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

const measureFrom = performance.now();
const measureUntil = measureFrom + plan.seconds * 1_000;
const latenciesMs: number[] = [];
const acknowledged: string[] = [];
const others: Record<string, number> = {};
let lastCountedAt = measureFrom;

function count(sentAt: number, status: number, text: string): void {
  const now = performance.now();
  if (status === 201) acknowledged.push(/"id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? 'without an id');
  const counts = status === 201 && (plan.mustContain === undefined || text.includes(plan.mustContain));
  if (!counts) {
    const name = status === 201 ? 'not as wished' : String(status);
    others[name] = (others[name] ?? 0) + 1;
    return;
  }
  if (now > measureUntil) return;
  latenciesMs.push(now - sentAt);
  lastCountedAt = now;
}

/** One buyer. Resolves when its last answer is here, or its connection is gone. */
function buyer(apiKey: string): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: '127.0.0.1', port: plan.port, noDelay: true });
    let text = '';
    let sentAt = 0;
    const next = (): void => {
      if (performance.now() >= measureUntil) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(request(apiKey));
    };
    socket.setEncoding('latin1');
    socket.on('connect', next);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf(HEADERS_END);
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + HEADERS_END.length + length) return;
      count(sentAt, Number(text.slice(9, 12)), text);
      text = '';
      next();
    });
    const gone = (): void => {
      if (performance.now() < measureUntil) others.closed = (others.closed ?? 0) + 1;
      resolve();
    };
    socket.on('error', gone);
    socket.on('close', gone);
  });
}

const late = setTimeout(() => process.exit(2), plan.seconds * 1_000 + DRAIN_MS);
await Promise.all(
  Array.from({ length: plan.connections }, (_, index) => buyer(plan.apiKeys[index % plan.apiKeys.length] as string)),
);
clearTimeout(late);
const record: LoadRecord = {
  counted: latenciesMs.length,
  elapsedMs: Math.max(1, lastCountedAt - measureFrom),
  others,
  latenciesMs,
  acknowledged,
};
writeFileSync(recordFile, JSON.stringify(record));
process.exit(0);
