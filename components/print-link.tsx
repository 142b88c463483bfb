'use client';
import { Anchor, Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import type { DocumentKind } from '../server/api/document-permissions.ts';
import { useMessages } from './ui/locale.tsx';

/** Where a document is printed; it opens in a tab of its own. */
export function documentHref(kind: DocumentKind, number: string): string {
  return `/api/documents/${kind}/${encodeURIComponent(number)}.pdf`;
}

/** A document's number as a link to its paper. */
export function PrintLink({ kind, number }: { kind: DocumentKind; number: string }) {
  const { t } = useMessages();
  return (
    <Anchor
      href={documentHref(kind, number)}
      target="_blank"
      rel="noopener"
      size="sm"
      inherit
      aria-label={t('shipments.printNamed', { name: number })}
    >
      {number}
    </Anchor>
  );
}

/** A button that opens a paper. */
export function PrintButton(props: { kind: DocumentKind; number: string; label: string; size?: string }) {
  return (
    <Button
      component="a"
      href={documentHref(props.kind, props.number)}
      target="_blank"
      rel="noopener"
      variant="default"
      size={props.size ?? 'sm'}
      leftSection={<IconPrinter size={16} aria-hidden />}
    >
      {props.label}
    </Button>
  );
}
