import type { Metadata } from 'next';
import { JournalDetail } from '../../../../../components/ledger/journal-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Journal' };

export default async function JournalPage({ params }: Props) {
  return <JournalDetail id={decodeURIComponent((await params).id)} />;
}
