import { parentPort } from 'node:worker_threads';
import type { Paper, Roll } from './paper.ts';
import { renderPaper } from './render-paper.ts';
import { RollPrinter } from './roll-printer.ts';

/** The press's own thread: sets one paper after another, and rolls piece by piece between them. */
export type Order = { readonly id: number } & (
  | { readonly paper: Paper }
  | { readonly begin: string; readonly roll: Roll }
  | { readonly add: string; readonly rows: readonly (readonly string[])[] }
  | { readonly end: string }
  | { readonly drop: string }
);

/** What is ready of the PDF: all of a paper, the next bytes of a roll. */
export type Delivery =
  | { readonly id: number; readonly pdf: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly failed: string };

const rolls = new Map<string, RollPrinter>();

async function setOrder(order: Order): Promise<Buffer> {
  if ('paper' in order) return renderPaper(order.paper);
  if ('roll' in order) {
    const printer = new RollPrinter(order.roll);
    rolls.set(order.begin, printer);
    return printer.take();
  }
  if ('drop' in order) {
    rolls.delete(order.drop);
    return Buffer.alloc(0);
  }
  const name = 'rows' in order ? order.add : order.end;
  const printer = rolls.get(name);
  if (!printer) throw new Error('This roll was given up.');
  try {
    if (!('rows' in order)) return await printer.end();
    printer.add(order.rows);
    return await printer.take();
  } catch (error) {
    rolls.delete(name);
    throw error;
  } finally {
    if (!('rows' in order)) rolls.delete(name);
  }
}

const port = parentPort;
port?.on('message', (order: Order) => {
  setOrder(order).then(
    (buffer) => {
      // Moved, not copied: a Buffer may lie in a pool that others use.
      const pdf = new Uint8Array(buffer);
      port.postMessage({ id: order.id, pdf } satisfies Delivery, [pdf.buffer]);
    },
    (error: unknown) =>
      port.postMessage({ id: order.id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
