import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MailDetail } from '../../../../../components/mails/mail-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Mail' };

export default async function MailPage({ params }: Props) {
  const { id } = await params;
  return (
    <Suspense>
      <MailDetail id={decodeURIComponent(id)} />
    </Suspense>
  );
}
