'use client';
import { Button, Title } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from './brand.tsx';
import { CopyText } from './copy.tsx';
import { useMessages } from './locale.tsx';
import classes from './whole-page.module.css';

function WholePage(props: { title: string; text: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Mark size={32} />
      <Title order={1}>{props.title}</Title>
      <p className={classes.text}>{props.text}</p>
      {props.children}
    </main>
  );
}

/** 404: it does not exist, or it is not yours; the two look alike on purpose. */
export function NotFoundPage() {
  const { t } = useMessages();
  return (
    <WholePage title={t('errors.notFoundTitle')} text={t('errors.notFound')}>
      <Button component={Link} href="/" variant="default">
        {t('errors.goHome')}
      </Button>
    </WholePage>
  );
}

/** A page threw while rendering. */
export function CrashPage({ code, onRetry }: { code: string | undefined; onRetry: () => void }) {
  const { t } = useMessages();
  return (
    <WholePage title={t('errors.crashTitle')} text={t('errors.crash')}>
      <Button variant="default" onClick={onRetry}>
        {t('errors.retry')}
      </Button>
      {code && <CopyText value={code} mono />}
    </WholePage>
  );
}
