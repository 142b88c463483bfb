import { parentPort } from 'node:worker_threads';
import { type Answer, answerOf } from '../../domains/routing/explain.ts';
import { modelOf, type Question } from '../../domains/routing/model.ts';
import { solve } from '../../domains/routing/solver.ts';

/** The router's own thread: answers one question after another, so that nobody who holds a lane waits for a search. */
export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Told = { readonly id: number } & (
  | { readonly answer: Answer; readonly proven: boolean; readonly steps: number; readonly tookMs: number }
  | { readonly failed: string }
);

const port = parentPort;
port?.on('message', ({ id, question }: Asked) => {
  const began = performance.now();
  try {
    const model = modelOf(question);
    const solution = solve(model.problem);
    const tookMs = performance.now() - began;
    const answer = answerOf(question, model, solution);
    port.postMessage({ id, answer, proven: solution.proven, steps: solution.steps, tookMs } satisfies Told);
  } catch (error) {
    port.postMessage({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Told);
  }
});
