import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ManifestList } from '../../../../components/shipments/manifest-list.tsx';

export const metadata: Metadata = { title: 'Manifests' };

export default function ManifestsPage() {
  return (
    <Suspense>
      <ManifestList />
    </Suspense>
  );
}
