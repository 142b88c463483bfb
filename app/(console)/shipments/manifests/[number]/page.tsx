import type { Metadata } from 'next';
import { ManifestDetail } from '../../../../../components/shipments/manifest-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function ManifestPage({ params }: Props) {
  return <ManifestDetail number={decodeURIComponent((await params).number)} />;
}
