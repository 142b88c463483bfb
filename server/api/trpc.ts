import { initTRPC, TRPCError } from '@trpc/server';
import { SuperJSON } from 'superjson';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { DomainError } from '../kernel/errors.ts';
import { authorise } from './authorise.ts';
import { assertClean } from './clean-input.ts';
import type { ApiContext } from './context.ts';
import { asDomainError, domainShape } from './errors.ts';
import { permissionFor } from './permissions.ts';
import { assertSameOrigin } from './principal.ts';

/**
 * The base of every procedure. superjson carries bigint and Date to the console and back; REST answers are plain JSON, made by
 * `public/`. One builder on purpose: whoever adds a procedure cannot forget to authorise it.
 */
const t = initTRPC
  .context<ApiContext>()
  .meta<OpenApiMeta>()
  .create({
    transformer: SuperJSON,
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => {
      const domain = domainShape(error, ctx);
      return { ...shape, message: domain.detail, data: { ...shape.data, domain } };
    },
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Turns what was thrown into the tRPC error of its code; logs what nobody expected. */
const translated = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const domain = asDomainError(result.error);
  if (domain) throw new TRPCError({ code: domain.entry.trpc, message: domain.detail, cause: domain });
  if (result.error.code === 'INTERNAL_SERVER_ERROR') {
    ctx.app.log.error(
      { err: result.error.cause ?? result.error, path, requestId: ctx.requestId, traceId: ctx.traceId },
      'procedure failed',
    );
  }
  return result;
});

/** Looks up its own path in the permission matrix. Runs before the input is read, so that a stranger learns nothing from it. */
const authorised = t.middleware(({ ctx, path, type, next }) => {
  const { principal, app, http } = ctx;
  if (type === 'mutation' && principal.kind !== 'api_key' && http) assertSameOrigin(http, app.settings.origin);
  const scope = authorise(principal, permissionFor(path), app.settings.demo);
  return next({ ctx: { scope } });
});

/** Passwords are kept as hashes only; the cells of a product file are looked through one by one where they are read. */
const UNREAD = new Set(['/password', '/current', '/admin/password', '/csv']);

/** Looks an input through before the procedure's own schema reads it. REST has done so already. */
const clean = t.middleware(async ({ ctx, type, getRawInput, next }) => {
  if (!ctx.rest) assertClean(await getRawInput(), type === 'query' ? { question: true } : { unread: UNREAD });
  return next();
});

/** Where every query, mutation and subscription starts. */
export const procedure = t.procedure.use(translated).use(authorised).use(clean);

/** The id of the signed-in user. Throws `unauthenticated` for keys and strangers. */
export function userIdOf(ctx: ApiContext): string {
  if (ctx.principal.userId === null) throw new DomainError('unauthenticated');
  return ctx.principal.userId;
}
