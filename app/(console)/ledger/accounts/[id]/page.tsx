import type { Metadata } from 'next';
import { AccountDetail } from '../../../../../components/ledger/account-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage({ params }: Props) {
  return <AccountDetail id={decodeURIComponent((await params).id)} tab="entries" />;
}
