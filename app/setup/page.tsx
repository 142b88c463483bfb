import type { Metadata } from 'next';
import { SetUpForm } from '../../components/people/set-up-form.tsx';

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

export default async function SetUpPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  return <SetUpForm token={token ?? null} />;
}
