import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SecondFactorDoor } from '../../../components/people/second-factor-door.tsx';
import { currentPrincipal } from '../../../server/api/guard.ts';

export const metadata: Metadata = { title: 'Authenticator app' };

export default async function SecondFactorPage() {
  const principal = await currentPrincipal();
  if (principal.userId === null) redirect('/sign-in');
  return <SecondFactorDoor />;
}
