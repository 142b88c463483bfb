import type { RateLimiter } from '../../platform/rate-limit.ts';
import { createApiKey, revokeApiKey } from './api-keys.ts';
import { changePassword, changeProfile, endSessions } from './change-account.ts';
import { acceptInvite, inviteUser, revokeInvitation } from './invite-user.ts';
import { changeRole, setDisabled } from './manage-user.ts';
import type { PeopleDeps } from './people-world.ts';
import { makeResetLink, requestReset, resetPassword } from './reset-password.ts';
import { beginTotp, confirmTotp, disableTotp, verifyTotp } from './second-factor.ts';
import { setUp } from './set-up.ts';
import { signIn, signInByProvider } from './sign-in.ts';

/**
 * What can be done about people. Each call is (input, ctx, key?): one transaction with its audit rows, harmless to repeat under its
 * key.
 */
export function createPeopleFlows(deps: PeopleDeps & { readonly limits: RateLimiter }) {
  return {
    signIn: signIn(deps, deps.limits),
    signInByProvider: signInByProvider(deps),
    endSessions: endSessions(deps),
    inviteUser: inviteUser(deps),
    revokeInvitation: revokeInvitation(deps),
    acceptInvite: acceptInvite(deps),
    changeRole: changeRole(deps),
    setDisabled: setDisabled(deps),
    requestReset: requestReset(deps),
    makeResetLink: makeResetLink(deps),
    resetPassword: resetPassword(deps),
    changeProfile: changeProfile(deps),
    changePassword: changePassword(deps),
    beginTotp: beginTotp(deps),
    confirmTotp: confirmTotp(deps),
    verifyTotp: verifyTotp(deps),
    disableTotp: disableTotp(deps),
    createApiKey: createApiKey(deps),
    revokeApiKey: revokeApiKey(deps),
    setUp: setUp(deps),
  };
}

export type PeopleFlows = ReturnType<typeof createPeopleFlows>;
