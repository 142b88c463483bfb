import { mayManage, userFacts, withRole } from '../../domains/people/rules.ts';
import type { ChangeRoleInput } from '../../domains/people/schema.ts';
import { activeAdmins, changeUser, userOf } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { audit, type PeopleDeps, type PeopleWorld, peopleVerb } from './people-world.ts';

/** Changes what a user may do. Their sessions end, so that no page keeps showing what the old role saw. */
export function changeRole(deps: PeopleDeps) {
  return peopleVerb<ChangeRoleInput, { userId: string }>(deps, {
    name: 'change-role',
    wants: (input) => ({
      userIds: [input.userId],
      merchantIds: input.merchantId === null ? [] : [input.merchantId],
      admins: true,
    }),
    decide: (world, { input, ctx }) => {
      const user = managed(world, ctx, input.userId);
      const next = withRole(user, input.role, input.merchantId);
      if (input.merchantId !== null && !world.people.merchants.has(input.merchantId)) {
        throw new DomainError('not_found', 'There is no such merchant.');
      }
      changeUser(world.people, next);
      world.endedSessions.push({ userId: user.id });
      audit(world, ctx, {
        action: 'user.role_changed',
        entity: 'user',
        entityId: user.id,
        merchantId: next.merchantId,
        before: userFacts(user),
        after: userFacts(next),
      });
      return { userId: user.id };
    },
  });
}

/** Shuts a user out, or lets them in again. Shut out means at once: their sessions end in the same transaction. */
export function setDisabled(deps: PeopleDeps) {
  return peopleVerb<{ userId: string; disabled: boolean; reason: string | null }, { userId: string }>(deps, {
    name: 'disable-user',
    wants: (input) => ({ userIds: [input.userId], admins: true }),
    decide: (world, { input, ctx }) => {
      const user = managed(world, ctx, input.userId);
      if ((user.disabledAt !== null) === input.disabled) return { userId: user.id };
      const next = changeUser(world.people, { ...user, disabledAt: input.disabled ? ctx.now : null });
      if (input.disabled) world.endedSessions.push({ userId: user.id });
      audit(world, ctx, {
        action: input.disabled ? 'user.disabled' : 'user.enabled',
        entity: 'user',
        entityId: user.id,
        merchantId: user.merchantId,
        before: userFacts(user),
        after: userFacts(next),
        reason: input.reason,
      });
      return { userId: user.id };
    },
  });
}

function managed(world: PeopleWorld, ctx: Ctx, userId: string) {
  const user = userOf(world.people, userId);
  const refusal = mayManage(ctx.actor.slice('user:'.length), user, activeAdmins(world.people));
  if (refusal) throw new DomainError('state_refuses', refusal);
  return user;
}
