import type { ReactNode } from 'react';
import { ShopShell } from '../../components/shop/shop-shell.tsx';

export default function StoreLayout({ children }: { children: ReactNode }) {
  return <ShopShell demo={process.env.WAYBILL_DEMO === '1'}>{children}</ShopShell>;
}
