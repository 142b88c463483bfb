import type { Metadata } from 'next';
import { CustomerDetail } from '../../../../components/customers/customer-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Customer' };

export default async function CustomerPage({ params }: Props) {
  return <CustomerDetail id={decodeURIComponent((await params).id)} />;
}
