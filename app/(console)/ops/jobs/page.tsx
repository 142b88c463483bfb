import type { Metadata } from 'next';
import { Suspense } from 'react';
import { JobsPage } from '../../../../components/jobs/jobs-page.tsx';

export const metadata: Metadata = { title: 'Jobs' };

export default function OpsJobs() {
  return (
    <Suspense>
      <JobsPage />
    </Suspense>
  );
}
