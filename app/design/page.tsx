import { notFound } from 'next/navigation';
import { Kit } from './kit.tsx';

/** The kit page is for those who build pages: in development, and where a test asks for it. */
export default function DesignPage() {
  if (process.env.NODE_ENV === 'production' && process.env.WAYBILL_DESIGN !== '1') notFound();
  return <Kit />;
}
