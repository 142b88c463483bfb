import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MailList } from '../../../../components/mails/mail-list.tsx';

export const metadata: Metadata = { title: 'Mail' };

export default function MailsPage() {
  return (
    <Suspense>
      <MailList />
    </Suspense>
  );
}
