import type { Metadata } from 'next';
import { EvidenceDetail } from '../../../../../components/evidence/evidence-detail.tsx';

interface Props {
  readonly params: Promise<{ name: string }>;
}

export const metadata: Metadata = { title: 'Evidence' };

export default async function OpsEvidencePage({ params }: Props) {
  return <EvidenceDetail name={decodeURIComponent((await params).name)} />;
}
