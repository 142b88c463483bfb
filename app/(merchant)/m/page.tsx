import type { Metadata } from 'next';
import { MerchantHome } from '../../../components/home/home-page.tsx';

export const metadata: Metadata = { title: 'Dashboard' };

export default function DashboardPage() {
  return <MerchantHome />;
}
