import type { Metadata } from 'next';
import { DisputeDetail } from '../../../../components/disputes/dispute-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function DisputePage({ params }: Props) {
  return <DisputeDetail number={decodeURIComponent((await params).number)} />;
}
