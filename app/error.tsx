'use client';
import { CrashPage } from '../components/ui/whole-page.tsx';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <CrashPage code={error.digest} onRetry={reset} />;
}
