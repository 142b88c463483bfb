import type { Metadata } from 'next';
import { SignIn } from '../../components/people/sign-in.tsx';
import { passDoor, safeNext } from '../../server/api/guard.ts';
import { signInOffers } from '../../server/api/web-app.ts';

export const metadata: Metadata = { title: 'Sign in' };

type Search = Promise<{ next?: string; callbackUrl?: string; error?: string }>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { next, error } = await searchParams;
  await passDoor(next);
  const failure = error === undefined ? undefined : error === 'unverified' || error === 'no-account' ? error : 'other';
  return <SignIn {...signInOffers()} next={safeNext(next)} failure={failure} />;
}
