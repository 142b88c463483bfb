import { Worker } from 'node:worker_threads';
import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import type { Answer } from '../../domains/routing/explain.ts';
import type { Question } from '../../domains/routing/model.ts';
import * as routing from '../../domains/routing/service.ts';
import type { Asked, Told } from './router-thread.ts';

/** Where and from what units can be sent, as the lane saw it: without what is read outside of it. */
export type Sketch = Omit<Question, 'skus' | 'nodes'> & {
  readonly nodes: readonly Omit<Question['nodes'][number], 'used'>[];
  /** The nodes whose days are counted. */
  readonly counted: Parameters<typeof routing.countCapacity>[2];
};

export interface Solved {
  readonly answer: Answer;
  readonly proven: boolean;
  readonly tookMs: number;
}

export type Routed =
  | {
      readonly kind: 'succeeded';
      readonly skus: Question['skus'];
      /** The question as it was answered; null where the thread gave no answer in time. */
      readonly question: Question | null;
      readonly solved: Solved | null;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Plans orders outside every transaction. One per process; its thread starts with the first question. */
export interface Router {
  route(sketch: Sketch): Promise<Routed>;
  /** A question that is complete. Null where no answer came in time. */
  ask(question: Question): Promise<Solved | null>;
}

/** A search ends after milliseconds: a thread that says nothing for this long is given up, and the lane plans by itself. */
const LIMIT_MS = 2_000;

export function createRouter(pool: pg.Pool, limitMs = LIMIT_MS): Router {
  const waiting = new Map<number, (told: Told | null) => void>();
  let thread: Worker | undefined;
  let next = 1;

  function abandon(worker: Worker): void {
    if (thread !== worker) return;
    thread = undefined;
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
    void worker.terminate();
  }

  function started(): Worker {
    const worker = new Worker(new URL('./router-thread.ts', import.meta.url));
    worker.unref();
    worker.on('message', (told: Told) => {
      waiting.get(told.id)?.(told);
      waiting.delete(told.id);
    });
    worker.on('error', () => abandon(worker));
    worker.on('exit', () => abandon(worker));
    return worker;
  }

  async function ask(question: Question): Promise<Solved | null> {
    thread ??= started();
    const worker = thread;
    const id = next++;
    const told = await new Promise<Told | null>((resolve) => {
      const timer = setTimeout(() => abandon(worker), limitMs);
      waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      worker.postMessage({ id, question } satisfies Asked);
    });
    return told && 'answer' in told ? { answer: told.answer, proven: told.proven, tookMs: told.tookMs } : null;
  }

  return {
    ask,
    async route({ counted, nodes, ...sketch }) {
      try {
        const skus = await skusOf(pool, sketch.pieces);
        const state = { used: new Map<string, number>(), days: new Map<string, string>() };
        await routing.countCapacity(pool, state, counted);
        const question = { ...sketch, skus, nodes: nodes.map((node) => ({ ...node, used: state.used.get(node.id) ?? 0 })) };
        return { kind: 'succeeded', skus, question, solved: await ask(question) };
      } catch (error) {
        return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** What the rules and the scales want to know of the SKUs. */
export async function skusOf(db: pg.Pool, pieces: Question['pieces']): Promise<Question['skus']> {
  const found = await catalog.traits(
    db,
    pieces.map((piece) => piece.skuId),
  );
  const bare = Object.fromEntries(pieces.map((piece) => [piece.skuId, { grams: 0, tags: [] as string[] }]));
  return {
    ...bare,
    ...Object.fromEntries([...found.values()].map((sku) => [sku.id, { grams: sku.weightGrams, tags: sku.tags }])),
  };
}
