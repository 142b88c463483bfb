import { NotFoundPage } from '../components/ui/whole-page.tsx';

export default function NotFound() {
  return <NotFoundPage />;
}
