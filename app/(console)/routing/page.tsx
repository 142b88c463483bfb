import type { Metadata } from 'next';
import { RoutingHome } from '../../../components/routing/routing-page.tsx';

export const metadata: Metadata = { title: 'Routing' };

export default async function RoutingPage({ searchParams }: { searchParams: Promise<{ merchant?: string | string[] }> }) {
  const { merchant } = await searchParams;
  return <RoutingHome merchantId={typeof merchant === 'string' ? merchant : undefined} />;
}
