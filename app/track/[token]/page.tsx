import type { Metadata } from 'next';
import { TrackingPage } from '../../../components/track/tracking-page.tsx';

interface Props {
  readonly params: Promise<{ token: string }>;
}

export const metadata: Metadata = { title: 'Tracking' };

export default async function TrackPage({ params }: Props) {
  return <TrackingPage token={decodeURIComponent((await params).token)} />;
}
