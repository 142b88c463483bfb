import type { Ctx } from '../../kernel/context.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import type { Quote } from './rules.ts';
import { insertQuotes, readQuotes } from './store.ts';

/** New quotes of a batch. A quote is never changed, so none is ever locked. */
export interface QuotesState {
  readonly fresh: (Quote & { readonly actor: string; readonly traceId: string })[];
}

export function none(): QuotesState {
  return { fresh: [] };
}

export function add(state: QuotesState, quote: Quote, ctx: Ctx): void {
  state.fresh.push({ ...quote, actor: ctx.actor, traceId: ctx.traceId });
}

/** Quotes by id; what is not there is left out. */
export async function find(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, Quote>> {
  const quotes = ids.length > 0 ? await readQuotes(db, [...new Set(ids)]) : [];
  return new Map(quotes.map((quote) => [quote.id, quote]));
}

export function write(tx: Tx, state: QuotesState): Promise<void> {
  return insertQuotes(tx, state.fresh);
}
