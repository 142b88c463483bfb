import type { Metadata } from 'next';
import { DraftDetail } from '../../../../../components/drafts/draft-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Draft' };

export default async function DraftPage({ params }: Props) {
  return <DraftDetail id={decodeURIComponent((await params).id)} />;
}
