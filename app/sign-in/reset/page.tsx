import type { Metadata } from 'next';
import { ResetPassword } from '../../../components/people/reset-password.tsx';

export const metadata: Metadata = { title: 'Reset your password', referrer: 'no-referrer' };

export default async function ResetPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  return <ResetPassword token={token ?? null} />;
}
