import type { Metadata } from 'next';
import { NodeDetail } from '../../../../components/nodes/node-page.tsx';

export const metadata: Metadata = { title: 'Node' };

export default async function NodePage({ params }: { params: Promise<{ id: string }> }) {
  return <NodeDetail id={(await params).id} />;
}
