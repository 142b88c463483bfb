import type { OpenApiMeta } from 'trpc-to-openapi';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { Call } from '../../platform/verb.ts';
import type { ApiContext } from '../context.ts';
import { newExchange, type RestExchange } from './exchange.ts';

/** What the document says of an operation beside its input and output. */
export interface OperationFacts {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: `/${string}`;
  /** The operationId: a name of generated clients, never changed. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** 200 unless it makes something. */
  readonly status?: 200 | 201;
  /** Refusals of its own; those that any operation may meet are added. */
  readonly refuses?: readonly ErrorCode[];
  /** Whether `Prefer: wait=N` is honoured. */
  readonly waits?: true;
  /** Whether `Accept: text/csv` is honoured. */
  readonly csv?: true;
  /** A request body to start from. */
  readonly example?: unknown;
}

/** The facts lie beside trpc-to-openapi's own meta, where the router and the document both find them. */
export interface RestMeta extends Record<string, unknown> {
  readonly rest: OperationFacts;
}

/** An operation’s facts, for the router and for the document. */
export function operation(facts: OperationFacts): OpenApiMeta & RestMeta {
  const { method, path, id, tag, summary, description } = facts;
  return {
    rest: facts,
    openapi: { method, path, operationId: id, tags: [tag], summary, ...(description ? { description } : {}) },
  };
}

/** The request’s exchange; one of its own for calls that came by another door. */
export function exchangeOf(ctx: ApiContext): RestExchange {
  return ctx.rest ?? newExchange();
}

/** Calls a flow under the request's idempotency key and notes whether the answer was stored before. */
export function perform<I, R>(ctx: ApiContext, call: Call<I, R>, input: I): Promise<R> {
  const exchange = exchangeOf(ctx);
  return call(input, ctx.ctx(), exchange.key, () => {
    exchange.replayed = true;
  });
}
