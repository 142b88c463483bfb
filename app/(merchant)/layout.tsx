import type { ReactNode } from 'react';
import { ConsoleShell } from '../../components/shell/console-shell.tsx';

export default function MerchantLayout({ children }: { children: ReactNode }) {
  return <ConsoleShell demo={process.env.WAYBILL_DEMO === '1'}>{children}</ConsoleShell>;
}
