import { z } from 'zod';
import {
  acceptInviteInput,
  email,
  linkToken,
  normalizeEmail,
  password,
  profileInput,
  resetPasswordInput,
  setUpInput,
  totpDigits,
} from '../domains/people/schema.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { hashSecret } from '../platform/auth/secrets.ts';
import { findLink, listOwnSessions, readAccount } from '../views/people.ts';
import { owesSecondFactor } from './authorise.ts';
import { type ApiContext, idempotencyKey, mutationKey } from './context.ts';
import { powersOf } from './permissions.ts';
import { procedure, router, userIdOf } from './trpc.ts';

const keyed = z.object({ idempotencyKey: idempotencyKey.optional() });
const withKey = <T extends z.ZodRawShape>(input: z.ZodObject<T>) => input.extend({ idempotencyKey: idempotencyKey.optional() });

/** Strangers who hold, or guess, a link are counted by address. */
function countLinkUse(ctx: ApiContext): void {
  ctx.app.limits.take(LIMITS.tokenByIp, ctx.ip ?? 'unknown');
}

/** The caller's own account, and the doors that are open to whoever holds a link. */
export const authRouter = router({
  me: procedure.query(async ({ ctx }) => {
    const { userId, sessionId } = ctx.principal;
    if (userId === null || sessionId === null) return null;
    const account = await readAccount(ctx.pool, userId);
    return {
      ...account,
      sessionId,
      owesSecondFactor: owesSecondFactor(ctx.principal, ctx.app.settings.demo),
      powers: powersOf(account.role),
    };
  }),

  sessions: procedure.query(({ ctx }) => listOwnSessions(ctx.pool, userIdOf(ctx), ctx.principal.sessionId, ctx.ctx().now)),

  revokeSession: procedure
    .input(withKey(z.object({ sessionId: z.uuid() })))
    .mutation(({ ctx, input }) =>
      ctx.app.people.endSessions({ userId: userIdOf(ctx), only: input.sessionId }, ctx.ctx(), mutationKey(ctx, input)),
    ),

  revokeOtherSessions: procedure
    .input(keyed)
    .mutation(({ ctx, input }) =>
      ctx.app.people.endSessions({ userId: userIdOf(ctx), keep: ctx.principal.sessionId }, ctx.ctx(), mutationKey(ctx, input)),
    ),

  beginTotp: procedure
    .input(keyed)
    .mutation(({ ctx, input }) => ctx.app.people.beginTotp({ userId: userIdOf(ctx) }, ctx.ctx(), mutationKey(ctx, input))),

  confirmTotp: procedure
    .input(withKey(z.object({ code: totpDigits })))
    .mutation(({ ctx, input }) => ctx.app.people.confirmTotp(codeOf(ctx, input.code), ctx.ctx(), mutationKey(ctx, input))),

  verifyTotp: procedure
    .input(withKey(z.object({ code: totpDigits })))
    .mutation(({ ctx, input }) => ctx.app.people.verifyTotp(codeOf(ctx, input.code), ctx.ctx(), mutationKey(ctx, input))),

  disableTotp: procedure
    .input(withKey(z.object({ code: totpDigits })))
    .mutation(({ ctx, input }) => ctx.app.people.disableTotp(codeOf(ctx, input.code), ctx.ctx(), mutationKey(ctx, input))),

  changeProfile: procedure.input(withKey(profileInput)).mutation(({ ctx, input }) => {
    const { idempotencyKey: _key, ...profile } = input;
    return ctx.app.people.changeProfile({ ...profile, userId: userIdOf(ctx) }, ctx.ctx(), mutationKey(ctx, input));
  }),

  changePassword: procedure.input(withKey(z.object({ current: z.string().max(200), password }))).mutation(({ ctx, input }) => {
    const userId = userIdOf(ctx);
    ctx.app.limits.take(LIMITS.totpByUser, `password:${userId}`);
    const { current, password: next } = input;
    const account = { userId, sessionId: ctx.principal.sessionId };
    return ctx.app.people.changePassword({ ...account, current, password: next }, ctx.ctx(), mutationKey(ctx, input));
  }),

  /** Answers before it knows whether the address has an account, so that neither words nor time tell. */
  requestReset: procedure.input(withKey(z.object({ email }))).mutation(({ ctx, input }) => {
    const { limits, people, settings, deliverLink, log } = ctx.app;
    limits.take(LIMITS.resetByIp, ctx.ip ?? 'unknown');
    limits.take(LIMITS.resetByEmail, normalizeEmail(input.email));
    void people
      .requestReset({ email: input.email }, ctx.ctx(), strangersKey(ctx, input, normalizeEmail(input.email)))
      .then(async (link) => {
        if (!link) return;
        const url = new URL(`/sign-in/reset?token=${link.token}`, settings.origin).href;
        await deliverLink({ kind: 'reset', id: link.id, email: link.email, url, expiresAt: link.expiresAt, ctx: ctx.ctx() });
      })
      .catch((error: unknown) => log.error({ err: error, requestId: ctx.requestId }, 'password reset link was not made'));
    return { asked: true as const };
  }),

  resetPassword: procedure.input(withKey(resetPasswordInput)).mutation(({ ctx, input }) => {
    countLinkUse(ctx);
    const { token, password: next } = input;
    return ctx.app.people.resetPassword({ token, password: next }, ctx.ctx(), strangersKey(ctx, input, token));
  }),

  invitation: procedure.input(z.object({ token: linkToken })).query(({ ctx, input }) => {
    countLinkUse(ctx);
    return findLink(ctx.pool, 'invite', input.token, ctx.ctx().now);
  }),

  acceptInvite: procedure.input(withKey(acceptInviteInput)).mutation(({ ctx, input }) => {
    countLinkUse(ctx);
    const { token, name, password: chosen } = input;
    return ctx.app.people.acceptInvite({ token, name, password: chosen }, ctx.ctx(), strangersKey(ctx, input, token));
  }),

  setupState: procedure.input(z.object({ token: linkToken })).query(async ({ ctx, input }) => {
    countLinkUse(ctx);
    await findLink(ctx.pool, 'setup', input.token, ctx.ctx().now);
    return { open: true as const };
  }),

  setUp: procedure.input(withKey(setUpInput)).mutation(({ ctx, input }) => {
    countLinkUse(ctx);
    const { idempotencyKey: _key, ...first } = input;
    return ctx.app.people.setUp(first, ctx.ctx(), strangersKey(ctx, input, first.token));
  }),
});

/** Strangers share one principal: their keys are told apart by what they are about, a link or an address, which is not kept. */
function strangersKey(ctx: ApiContext, input: { readonly idempotencyKey?: string | undefined }, about: string): string {
  return `${hashSecret(about).toString('hex')}:${mutationKey(ctx, input)}`;
}

/** A code typed by the signed-in user, counted before it is looked at. */
function codeOf(ctx: ApiContext, code: string) {
  const userId = userIdOf(ctx);
  ctx.app.limits.take(LIMITS.totpByUser, userId);
  return { userId, sessionId: ctx.principal.sessionId, code };
}
