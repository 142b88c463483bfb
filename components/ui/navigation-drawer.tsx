'use client';
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { PRODUCT_NAME } from './brand.tsx';
import { useMessages } from './locale.tsx';

/** The navigation on a phone. */
export function NavigationDrawer(props: { opened: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useMessages();
  return (
    <Drawer
      opened={props.opened}
      onClose={props.onClose}
      size={280}
      title={PRODUCT_NAME}
      closeButtonProps={{ 'aria-label': t('nav.close') }}
      padding="sm"
      styles={{ header: { paddingLeft: 16 }, body: { padding: 0 } }}
    >
      <nav aria-label={t('nav.main')}>{props.children}</nav>
    </Drawer>
  );
}
