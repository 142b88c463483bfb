import { z } from 'zod';
import { apiKeyInput, changeRoleInput, inviteInput } from '../domains/people/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { listApiKeys, listInvitations, listMerchants, listUsers } from '../views/people.ts';
import { isYours } from './authorise.ts';
import { idempotencyKey, mutationKey } from './context.ts';
import { procedure, router, userIdOf } from './trpc.ts';

const key = { idempotencyKey: idempotencyKey.optional() };
const reason = z.string().trim().max(500).nullable().default(null);

/** Who works here, and the keys their programs use. */
export const peopleRouter = router({
  list: procedure
    .input(z.object({ q: z.string().trim().max(100).default(''), cursor: z.uuid().nullable().default(null) }))
    .query(({ ctx, input }) => listUsers(ctx.pool, ctx.scope, { q: input.q, after: input.cursor })),

  merchants: procedure.query(({ ctx }) => listMerchants(ctx.pool, ctx.scope)),

  invitations: procedure.query(({ ctx }) => listInvitations(ctx.pool, ctx.ctx().now)),

  /** Answers with the link too: where mail is off, or goes astray, whoever invites passes it on. */
  invite: procedure.input(inviteInput.extend(key)).mutation(async ({ ctx, input }) => {
    const { idempotencyKey: _key, ...invitation } = input;
    const link = await ctx.app.people.inviteUser(invitation, ctx.ctx(), mutationKey(ctx, input));
    const { id, expiresAt } = link;
    const url = new URL(`/invite/${link.token}`, ctx.app.settings.origin).href;
    await ctx.app.deliverLink({
      kind: 'invitation',
      id,
      email: input.email,
      url,
      expiresAt,
      invitedBy: userIdOf(ctx),
      ctx: ctx.ctx(),
    });
    return { id, expiresAt, url, mailed: ctx.app.settings.mail };
  }),

  revokeInvitation: procedure.input(z.object({ invitationId: z.uuid(), ...key })).mutation(({ ctx, input }) => {
    return ctx.app.people.revokeInvitation({ invitationId: input.invitationId }, ctx.ctx(), mutationKey(ctx, input));
  }),

  changeRole: procedure.input(changeRoleInput.extend(key)).mutation(({ ctx, input }) => {
    const { userId, role, merchantId } = input;
    return ctx.app.people.changeRole({ userId, role, merchantId }, ctx.ctx(), mutationKey(ctx, input));
  }),

  disable: procedure.input(z.object({ userId: z.uuid(), reason, ...key })).mutation(({ ctx, input }) => {
    const change = { userId: input.userId, disabled: true, reason: input.reason };
    return ctx.app.people.setDisabled(change, ctx.ctx(), mutationKey(ctx, input));
  }),

  enable: procedure.input(z.object({ userId: z.uuid(), reason, ...key })).mutation(({ ctx, input }) => {
    const change = { userId: input.userId, disabled: false, reason: input.reason };
    return ctx.app.people.setDisabled(change, ctx.ctx(), mutationKey(ctx, input));
  }),

  makeResetLink: procedure.input(z.object({ userId: z.uuid(), ...key })).mutation(async ({ ctx, input }) => {
    const link = await ctx.app.people.makeResetLink({ userId: input.userId }, ctx.ctx(), mutationKey(ctx, input));
    return { expiresAt: link.expiresAt, url: new URL(`/sign-in/reset?token=${link.token}`, ctx.app.settings.origin).href };
  }),

  apiKeys: procedure.query(({ ctx }) => listApiKeys(ctx.pool, ctx.scope)),

  /** Answers with the key itself, once. */
  createApiKey: procedure.input(apiKeyInput.extend(key)).mutation(({ ctx, input }) => {
    if (!isYours(ctx.scope, { merchantId: input.merchantId })) throw new DomainError('not_found', 'There is no such merchant.');
    const { idempotencyKey: _key, ...wanted } = input;
    return ctx.app.people.createApiKey(wanted, ctx.ctx(), mutationKey(ctx, input));
  }),

  revokeApiKey: procedure.input(z.object({ apiKeyId: z.uuid(), ...key })).mutation(({ ctx, input }) => {
    const wanted = { apiKeyId: input.apiKeyId, merchantId: ctx.scope.merchantId };
    return ctx.app.people.revokeApiKey(wanted, ctx.ctx(), mutationKey(ctx, input));
  }),
});
