import type { Metadata } from 'next';
import { DraftList } from '../../../../components/drafts/draft-list.tsx';

export const metadata: Metadata = { title: 'Drafts' };

export default function DraftsPage() {
  return <DraftList />;
}
