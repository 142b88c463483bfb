import { Worker } from 'node:worker_threads';
import { DomainError } from '../../kernel/errors.ts';
import type { Paper } from './paper.ts';
import type { Delivery, Order } from './press-thread.ts';

/**
 * Prints papers in a thread of their own, so that nothing which answers requests or commits batches waits for typesetting. The thread
 * starts with the first paper; a paper that breaks it, or takes too long, is refused and the next one gets a new thread.
 */
export interface Press {
  /** The paper as a PDF. Throws `overloaded` where too many wait. */
  print(paper: Paper): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** At some tens of milliseconds each this is a second or two of waiting. */
const MAX_WAITING = 40;
/** A pick list of a hundred orders takes less than one. */
const LIMIT_MS = 20_000;

interface Waiting {
  readonly resolve: (pdf: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** One per process. `limitMs` is for tests. */
export function createPress(limitMs = LIMIT_MS): Press {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let next = 1;

  function started(): Worker {
    const worker = new Worker(new URL('./press-thread.ts', import.meta.url));
    worker.unref();
    worker.on('message', (delivery: Delivery) => {
      const order = waiting.get(delivery.id);
      waiting.delete(delivery.id);
      watch();
      if ('pdf' in delivery) order?.resolve(delivery.pdf);
      else order?.reject(new Error(`A paper could not be set: ${delivery.failed}`));
    });
    worker.on('error', (error: Error) => abandon(worker, error));
    worker.on('exit', () => abandon(worker, new Error('The press stopped.')));
    return worker;
  }

  function abandon(worker: Worker, error: Error): void {
    if (thread !== worker) return;
    thread = undefined;
    clearTimeout(timer);
    for (const order of waiting.values()) order.reject(error);
    waiting.clear();
    void worker.terminate();
  }

  /** The clock runs while something waits, and starts anew with each paper that is done. */
  function watch(): void {
    clearTimeout(timer);
    const worker = thread;
    if (waiting.size === 0 || !worker) return;
    const late = new DomainError('overloaded', 'This document takes too long to print. Choose fewer orders.', {
      retryAfterSeconds: 5,
    });
    timer = setTimeout(() => abandon(worker, late), limitMs);
    timer.unref();
  }

  return {
    print: (paper) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= MAX_WAITING) {
          reject(
            new DomainError('overloaded', 'Many documents are being printed. Try again in a moment.', { retryAfterSeconds: 2 }),
          );
          return;
        }
        thread ??= started();
        const id = next++;
        waiting.set(id, { resolve, reject });
        thread.postMessage({ id, paper } satisfies Order);
        if (waiting.size === 1) watch();
      }),
    async close() {
      const worker = thread;
      if (!worker) return;
      abandon(worker, new Error('The press is closed.'));
      await worker.terminate();
    },
  };
}
