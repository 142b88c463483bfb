import type { Metadata } from 'next';
import { NewDraft } from '../../../../components/drafts/new-draft.tsx';

export const metadata: Metadata = { title: 'New order' };

export default function NewOrderPage() {
  return <NewDraft />;
}
