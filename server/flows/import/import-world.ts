import type pg from 'pg';
import type { Ended } from '../../domains/imports/rules.ts';
import * as imports from '../../domains/imports/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { findOpenWithTimes } from '../../platform/saga-rows.ts';
import type { Flows } from '../flows.ts';
import type { OwnClock } from '../own-clock.ts';

/** What an import works with. The flows must read `time`, and drive their own sagas. */
export interface ImportDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly flows: Flows;
  /** Flows like the first, with lanes of their own: waves are dealt out, and while one set's batch is decided another's is written. */
  readonly beside?: readonly Flows[];
  readonly time: OwnClock;
}

export interface ImportRun extends ImportDeps {
  readonly id: string;
  readonly merchantId: string;
  readonly currency: string;
  readonly nodeId: string;
  /** SKU ids of the merchant's goods by code; null for what has no stock. */
  readonly skus: ReadonlyMap<string, string | null>;
  /** Told of lines as they end. */
  readonly ended: (lines: number) => void;
}

/** Whom the books name: an import asks, and what was decided when the papers were issued is not decided again by a person. */
export const IMPORTER = 'system:import';
export const HISTORY = 'system:import-history';

export function contextAt(deps: Pick<ImportDeps, 'home'>, now: Date, actor = IMPORTER): Ctx {
  return { now, actor, traceId: newId(), requestId: newId(), home: deps.home };
}

/** A file of hundreds of thousands of rejects is no single statement. */
const RECORDED_AT_ONCE = 5_000;

/** Writes what became of lines; repeated, it changes nothing. */
export async function record(run: ImportRun, ended: readonly Ended[]): Promise<void> {
  for (let from = 0; from < ended.length; from += RECORDED_AT_ONCE) {
    const part = ended.slice(from, from + RECORDED_AT_ONCE);
    await withTx(run.pool, (tx) => imports.insertEnded(tx, run, part));
    run.ended(part.length);
  }
}

const ROUNDS = 14;
/** From this round on a provider is in trouble: it gets real time to recover. */
const PATIENT_ROUNDS = 3;
const MAX_PAUSE_MS = 8_000;

/** Takes the sagas of orders to their end, each at its order's own time. Throws where one does not get there. */
export async function drive(run: ImportDeps, orders: ReadonlyMap<string, Date>): Promise<void> {
  for (let round = 0; ; round++) {
    const open = await findOpenWithTimes(run.pool, [...orders.keys()]);
    if (open.length === 0) return;
    if (round === ROUNDS) {
      const first = open[0];
      throw new Error(
        `${open.length} orders do not get on; saga ${first?.id} says: ${first?.error ?? 'nothing'}. Start the import again to go on.`,
      );
    }
    if (round >= PATIENT_ROUNDS) await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_PAUSE_MS, 125 * 2 ** round)));
    await Promise.all(
      open.map(({ id, orderId, wakeAt }) => {
        const at = orders.get(orderId) as Date;
        return run.time.at(wakeAt > at ? wakeAt : at, () => run.flows.advanceSaga(id));
      }),
    );
  }
}

/** The run as one of several runners sees it: with the lanes that are its own, or shared with few. */
export function dealtTo(run: ImportRun, runner: number): ImportRun {
  const sets = [run.flows, ...(run.beside ?? [])];
  return { ...run, flows: sets[runner % sets.length] ?? run.flows };
}

/** Runs `work` over chunks, a few at once, each told which of them it is: while one waits for a provider the database works for another. */
export async function inWaves<T>(
  items: readonly T[],
  size: number,
  atOnce: number,
  work: (wave: readonly T[], runner: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const run = async (runner: number): Promise<void> => {
    while (next < items.length) {
      const wave = items.slice(next, next + size);
      next += size;
      try {
        await work(wave, runner);
      } catch (error) {
        next = items.length; // the others end what they have begun
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, runner) => run(runner)));
}
