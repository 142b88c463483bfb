import type { Metadata } from 'next';
import { TransferDetail } from '../../../../components/transfers/transfer-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function TransferPage({ params }: Props) {
  return <TransferDetail number={decodeURIComponent((await params).number)} />;
}
