import type { Metadata } from 'next';
import { EvidenceList } from '../../../../components/evidence/evidence-list.tsx';

export const metadata: Metadata = { title: 'Evidence' };

export default function OpsEvidence() {
  return <EvidenceList />;
}
