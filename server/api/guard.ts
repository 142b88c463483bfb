import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { owesSecondFactor } from './authorise.ts';
import { type Principal, resolvePrincipal } from './principal.ts';
import { webApp } from './web-app.ts';

/** Who looks at this page. Asked of the session row each time. */
export async function currentPrincipal(): Promise<Principal> {
  const { env, pool } = webApp();
  const cookie = (await headers()).get('cookie') ?? undefined;
  return resolvePrincipal({ cookie }, pool, { origin: env.WAYBILL_ORIGIN, secret: env.WAYBILL_SECRET });
}

/** For the doors: whoever is signed in already goes on, to where they were going or to what they still owe. */
export async function passDoor(next: string | undefined): Promise<void> {
  const principal = await currentPrincipal();
  if (principal.userId === null) return;
  if (owesSecondFactor(principal, webApp().env.WAYBILL_DEMO === '1')) redirect('/sign-in/second-factor');
  redirect(safeNext(next));
}

/** A path of ours; anything that a browser could read as another site is the front page. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![\\/])[^\\\s]*$/.test(next) ? next : '/';
}
