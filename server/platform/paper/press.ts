import { Worker } from 'node:worker_threads';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Paper, Roll } from './paper.ts';
import type { Delivery, Order } from './press-thread.ts';

/**
 * Prints papers in a thread of their own, so that nothing which answers requests or commits batches waits for typesetting. The thread
 * starts with the first paper; a paper that breaks it, or takes too long, is refused and the next one gets a new thread.
 */
export interface Press {
  /** The paper as a PDF. Throws `overloaded` where too many wait. */
  print(paper: Paper): Promise<Uint8Array>;
  /** Begins a roll. Throws `overloaded` where too many are being printed. */
  begin(roll: Roll): Promise<RollRun>;
  close(): Promise<void>;
}

/** A roll on the press. Each call resolves with the PDF's next bytes, and is made once the one before it has. */
export interface RollRun {
  /** The bytes of what stands above the rows, as far as they are ready. */
  readonly first: Uint8Array;
  add(rows: readonly (readonly string[])[]): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
  /** Gives the roll up: to be called whatever became of it. */
  drop(): void;
}

/** Each takes the thread for seconds if it is long, a piece at a time. */
const MAX_ROLLS = 4;
/** At some tens of milliseconds each this is a second or two of waiting. */
const MAX_WAITING = 40;
/** A pick list of a hundred orders takes less than one. */
const LIMIT_MS = 20_000;

interface Waiting {
  readonly resolve: (pdf: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** An order before it has its number: each kind without it. */
type Unnumbered = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;

const busy = () =>
  new DomainError('overloaded', 'Many documents are being printed. Try again in a moment.', { retryAfterSeconds: 2 });

/** One per process. `limitMs` is for tests. */
export function createPress(limitMs = LIMIT_MS): Press {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let next = 1;
  let rolls = 0;

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

  function send(order: Unnumbered): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      thread ??= started();
      const id = next++;
      waiting.set(id, { resolve, reject });
      thread.postMessage({ ...order, id } satisfies Order);
      if (waiting.size === 1) watch();
    });
  }

  async function begin(roll: Roll): Promise<RollRun> {
    if (rolls >= MAX_ROLLS) throw busy();
    rolls += 1;
    const name = newId();
    let dropped = false;
    const drop = (): void => {
      if (dropped) return;
      dropped = true;
      rolls -= 1;
      if (thread) send({ drop: name }).catch(() => {});
    };
    try {
      const first = await send({ begin: name, roll });
      return { first, add: (rows) => send({ add: name, rows }), end: () => send({ end: name }), drop };
    } catch (error) {
      drop();
      throw error;
    }
  }

  return {
    print: async (paper) => {
      if (waiting.size >= MAX_WAITING) throw busy();
      return send({ paper });
    },
    begin,
    async close() {
      const worker = thread;
      if (!worker) return;
      abandon(worker, new Error('The press is closed.'));
      await worker.terminate();
    },
  };
}
