import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TaxReport } from '../../../../components/invoices/tax-report.tsx';

export const metadata: Metadata = { title: 'Tax report' };

export default function TaxReportPage() {
  return (
    <Suspense>
      <TaxReport />
    </Suspense>
  );
}
