'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';

/**
 * A link whose page is fetched when somebody is about to follow it, not when it comes into view: a whole navigation in view would fetch a
 * page per entry while the page that was asked for is still being built.
 */
export function EagerLink(props: Omit<ComponentProps<typeof Link>, 'href' | 'prefetch'> & { readonly href: string }) {
  const router = useRouter();
  const prefetch = () => router.prefetch(props.href);
  return <Link {...props} prefetch={false} onPointerEnter={prefetch} onFocus={prefetch} />;
}
