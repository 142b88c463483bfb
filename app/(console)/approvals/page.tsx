import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ApprovalList } from '../../../components/approvals/approval-list.tsx';

export const metadata: Metadata = { title: 'Approvals' };

export default function ApprovalsPage() {
  return (
    <Suspense>
      <ApprovalList />
    </Suspense>
  );
}
