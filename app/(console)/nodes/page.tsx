import type { Metadata } from 'next';
import { NodeList } from '../../../components/nodes/node-list.tsx';

export const metadata: Metadata = { title: 'Nodes' };

export default function NodesPage() {
  return <NodeList />;
}
