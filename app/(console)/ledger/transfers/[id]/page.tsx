import type { Metadata } from 'next';
import { TransferDetail } from '../../../../../components/ledger/transfer-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Transfer' };

export default async function TransferPage({ params }: Props) {
  return <TransferDetail id={decodeURIComponent((await params).id)} />;
}
