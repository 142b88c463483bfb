import type { Metadata } from 'next';
import { ReturnDetail } from '../../../../components/returns/return-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function ReturnPage({ params }: Props) {
  return <ReturnDetail number={decodeURIComponent((await params).number)} />;
}
