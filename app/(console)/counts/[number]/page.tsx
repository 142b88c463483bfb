import type { Metadata } from 'next';
import { CountDetail } from '../../../../components/counts/count-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function CountPage({ params }: Props) {
  return <CountDetail number={decodeURIComponent((await params).number)} />;
}
