import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import type { Role } from '../kernel/vocabulary.ts';
import { owesSecondFactor } from './authorise.ts';
import { type Principal, resolvePrincipal } from './principal.ts';
import { webApp } from './web-app.ts';

/** Who looks at this page. Asked of the session row each time. */
export async function currentPrincipal(): Promise<Principal> {
  const { env, pool } = webApp();
  const cookie = (await headers()).get('cookie') ?? undefined;
  return resolvePrincipal({ cookie }, pool, { origin: env.WAYBILL_ORIGIN, secret: env.WAYBILL_SECRET });
}

/**
 * For layouts: sends strangers to sign in and those who owe a second factor to set it up; to roles that have no business here the
 * page does not exist. It spares people empty pages; what they may see is decided by each procedure again.
 */
export async function requireUser(
  roles?: readonly Role[],
): Promise<Principal & { readonly role: Role; readonly userId: string }> {
  const principal = await currentPrincipal();
  const { role, userId } = principal;
  if (role === null || userId === null) redirect('/sign-in');
  if (owesSecondFactor(principal, webApp().env.WAYBILL_DEMO === '1')) redirect('/sign-in/second-factor');
  if (roles && !roles.includes(role)) notFound();
  return { ...principal, role, userId };
}
