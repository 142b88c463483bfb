import { parentPort } from 'node:worker_threads';
import type { Paper } from './paper.ts';
import { renderPaper } from './render-paper.ts';

/** The press's own thread: sets one paper after another. */
export interface Order {
  readonly id: number;
  readonly paper: Paper;
}

export type Delivery =
  | { readonly id: number; readonly pdf: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly failed: string };

const port = parentPort;
port?.on('message', ({ id, paper }: Order) => {
  renderPaper(paper).then(
    (buffer) => {
      // Moved, not copied: a Buffer may lie in a pool that others use.
      const pdf = new Uint8Array(buffer);
      port.postMessage({ id, pdf } satisfies Delivery, [pdf.buffer]);
    },
    (error: unknown) => port.postMessage({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
