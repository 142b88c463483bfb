import type { Metadata } from 'next';
import { Suspense } from 'react';
import { CustomerList } from '../../../components/customers/customer-list.tsx';

export const metadata: Metadata = { title: 'Customers' };

export default function CustomersPage() {
  return (
    <Suspense>
      <CustomerList />
    </Suspense>
  );
}
