'use client';
import { TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useRef, useState } from 'react';
import type { Hit, HitKind } from '../../server/views/search.ts';
import { shownError, useTRPCClient } from '../trpc.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import classes from './queue.module.css';

/** What is printed on papers and goods. */
const SCANNED: readonly HitKind[] = ['order', 'shipment', 'sku'];

/** A pick list's number, as on its paper: whoever comes back with one goes on with its orders. */
const PICK_LIST = /^[A-Z]{2,4}-P\d+$/i;

/** Where what was scanned is; a SKU leads to its stock, which is what somebody at a shelf wants. */
function placeOf(hit: Hit): string {
  return hit.kind === 'sku' ? `/stock/${encodeURIComponent(hit.label)}` : hit.href;
}

/**
 * Takes what a scanner types and Enter: the number of an order, a shipment or a pick list, an article's code or barcode, and opens it. It has the focus when
 * the page opens and takes it back with `/`.
 */
export function ScanField() {
  const { t } = useMessages();
  const client = useTRPCClient();
  const router = useRouter();
  const errorText = useErrorText();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useShortcut('/', t('shipments.scan'), () => field.current?.focus());

  async function find(code: string): Promise<void> {
    setBusy(true);
    try {
      const hits = await client.search.find.query({ q: code });
      const hit = hits.find(({ kind }) => SCANNED.includes(kind));
      if (hit) router.push(placeOf(hit));
      else setSaid(t('shipments.scanNothing', { code }));
    } catch (error) {
      setSaid(errorText(shownError(error) ?? { kind: 'unexpected' }));
    } finally {
      setBusy(false);
      field.current?.select();
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? '';
    if (PICK_LIST.test(code)) {
      router.push(`/shipments/queue?list=${code.toUpperCase()}`);
      field.current?.select();
    } else if (code !== '' && !busy) void find(code);
  };
  return (
    <form onSubmit={submit} className={classes.scan}>
      <TextInput
        ref={field}
        autoFocus
        aria-label={t('shipments.scan')}
        placeholder={t('shipments.scan')}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconBarcode size={16} aria-hidden />}
        error={said}
        onChange={() => setSaid(null)}
      />
    </form>
  );
}
