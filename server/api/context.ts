import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import type pg from 'pg';
import { z } from 'zod';
import { looksLikeCardNumber } from '../kernel/card-numbers.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { App } from './app.ts';
import { type HttpFacts, type Principal, resolvePrincipal } from './principal.ts';
import type { RestExchange } from './public/exchange.ts';

/** What every procedure is handed. `procedure` adds `scope`. */
export interface ApiContext {
  readonly app: App;
  readonly pool: pg.Pool;
  readonly principal: Principal;
  /** Of the HTTP request; null where the server calls itself, so that there is no browser to distrust. */
  readonly http: HttpFacts | null;
  readonly requestId: string;
  readonly traceId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** The Idempotency-Key header, or null. */
  readonly headerKey: string | null;
  /** What a REST call asked for beside its input, and what its answer will say; absent everywhere else. */
  readonly rest?: RestExchange;
  /** A context for the layers below, with the present time. */
  ctx(): Ctx;
}

/** What a caller may put into a mutation's input to make a repeat of it harmless. */
export const idempotencyKey = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must be at most 200 characters')
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/**
 * The key of one mutation: from its input, else from the Idempotency-Key header, else a new one. A batched HTTP call has one header
 * for all its parts, so the console sends keys in the input.
 */
export function mutationKey(ctx: ApiContext, input?: { readonly idempotencyKey?: string | undefined }): string {
  return input?.idempotencyKey ?? ctx.headerKey ?? newId();
}

export interface CallerFacts {
  readonly http?: HttpFacts | null;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly ip?: string | null;
  readonly userAgent?: string | null;
  readonly headerKey?: string | null;
}

/** A context for a known principal: what tests and the server's own calls use. */
export function createContext(app: App, principal: Principal, facts: CallerFacts = {}): ApiContext {
  const requestId = facts.requestId ?? newId();
  const traceId = facts.traceId ?? randomBytes(16).toString('hex');
  return {
    app,
    pool: app.pool,
    principal,
    http: facts.http ?? null,
    requestId,
    traceId,
    ip: facts.ip ?? null,
    userAgent: facts.userAgent ?? null,
    headerKey: facts.headerKey ?? null,
    ctx: () => ({ now: new Date(), actor: principal.actor, traceId, requestId, home: app.settings.region }),
  };
}

/**
 * The context of an HTTP request: finds out who is asking from its cookie or API key. Throws `unauthenticated` for a key that is
 * not valid and `invalid_request` for an Idempotency-Key that is not printable ASCII of at most 200 characters.
 */
export async function createHttpContext(
  app: App,
  req: IncomingMessage,
  ids: { readonly requestId: string; readonly traceId: string; readonly ip: string },
): Promise<ApiContext> {
  const { headers } = req;
  const principal = await asTrpcError(() => resolvePrincipal(headers, app.pool, app.settings));
  return createContext(app, principal, {
    http: { origin: headers.origin, contentType: headers['content-type'] },
    ...ids,
    userAgent: headers['user-agent'] ?? null,
    headerKey: await asTrpcError(() => headerKeyOf(headers)),
  });
}

/** tRPC answers 500 to whatever else is thrown while a context is made. */
async function asTrpcError<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError) throw new TRPCError({ code: error.entry.trpc, message: error.detail, cause: error });
    throw error;
  }
}

function headerKeyOf(headers: IncomingHttpHeaders): string | null {
  const value = headers['idempotency-key'];
  if (value === undefined) return null;
  const parsed = idempotencyKey.safeParse(value);
  if (parsed.success && looksLikeCardNumber(parsed.data)) throw new DomainError('card_number_refused');
  if (parsed.success) return parsed.data;
  throw new DomainError('invalid_request', `The header Idempotency-Key ${parsed.error.issues[0]?.message ?? 'is not valid'}.`);
}
