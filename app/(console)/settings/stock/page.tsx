import type { Metadata } from 'next';
import { StockSettings } from '../../../../components/stock/stock-settings.tsx';

export const metadata: Metadata = { title: 'Stock' };

export default function StockSettingsPage() {
  return <StockSettings />;
}
