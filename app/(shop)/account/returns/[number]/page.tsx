import type { Metadata } from 'next';
import { MyReturnDetail } from '../../../../../components/returns/my-return-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function MyReturnPage({ params }: Props) {
  return <MyReturnDetail number={decodeURIComponent((await params).number)} />;
}
