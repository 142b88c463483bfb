import { Suspense } from 'react';
import { HomePage } from '../../components/home/home-page.tsx';

export default function Home() {
  return (
    <Suspense>
      <HomePage />
    </Suspense>
  );
}
