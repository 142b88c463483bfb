'use client';
import { Kbd, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useRef } from 'react';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';

/** An agent's first step with most callers: a number, a name, an e-mail. `/` puts the cursor here, Enter opens the list. */
export function OrderSearch() {
  const { t } = useMessages();
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  useShortcut('/', t('orders.search'), () => field.current?.focus());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = field.current?.value.trim() ?? '';
    if (q !== '') router.push(`/orders?q=${encodeURIComponent(q)}`);
  };
  return (
    <search>
      <form onSubmit={submit}>
        <TextInput
          ref={field}
          type="search"
          w={{ base: '100%', xs: 320 }}
          aria-label={t('orders.search')}
          placeholder={t('orders.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={<Kbd aria-hidden>/</Kbd>}
        />
      </form>
    </search>
  );
}
