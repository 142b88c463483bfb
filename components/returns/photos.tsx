'use client';
import { FileInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { MAX_PHOTO_BYTES, MAX_PHOTOS } from '../../server/domains/returns/schema.ts';
import type { ReturnView } from '../../server/views/returns.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { ErrorState } from '../ui/states.tsx';
import classes from './returns.module.css';
import { useReturnDone } from './use-return-done.ts';

/** Wide enough to see a scratch. */
const MAX_SIDE_PX = 1_280;
const QUALITY = 0.8;

/** A picture from a telephone as a small JPEG; null where the browser cannot read it or it stays too large. */
async function shrink(file: File): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const data = canvas.toDataURL('image/jpeg', QUALITY).split(',')[1] ?? '';
  return data.length * 0.75 <= MAX_PHOTO_BYTES ? data : null;
}

function Photo({ id, at }: { id: string; at: number }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const photo = useQuery({ ...trpc.returns.photo.queryOptions({ id }), staleTime: Number.POSITIVE_INFINITY });
  if (!photo.data) return <span className={classes.photo} aria-busy="true" />;
  const { contentType, data } = photo.data;
  return (
    <img className={classes.photo} src={`data:${contentType};base64,${data}`} alt={t('returns.photo', { number: at + 1 })} />
  );
}

/** What is wrong, in pictures; more may be added while the return is under way. */
export function ReturnPhotos({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const request = useRequestKey();
  const done = useReturnDone();
  const [unreadable, setUnreadable] = useState(false);
  const add = useMutation(trpc.returns.addPhoto.mutationOptions({ onError: request.failed, onSettled: done }));
  const over = ['declined', 'cancelled', 'expired', 'settled', 'closed'].includes(view.status);
  const mayAdd = powers.may('returns.addPhoto') && !over && view.photos.length < MAX_PHOTOS;
  if (view.photos.length === 0 && !mayAdd) return null;
  const choose = async (file: File | null): Promise<void> => {
    if (!file) return;
    const data = await shrink(file);
    setUnreadable(data === null);
    if (data) add.mutate(request.keyed({ returnId: view.id, contentType: 'image/jpeg' as const, data }));
  };
  const refused = shownError(add.error);
  return (
    <Section title={t('returns.photos')}>
      <div className={classes.photos}>
        {view.photos.map(({ id }, at) => (
          <Photo key={id} id={id} at={at} />
        ))}
      </div>
      {mayAdd && (
        <FileInput
          label={t('returns.addPhoto')}
          placeholder={t('returns.choosePhoto')}
          accept="image/jpeg,image/png,image/webp"
          value={null}
          disabled={add.isPending}
          error={unreadable ? t('returns.photoUnreadable') : undefined}
          onChange={(file) => void choose(file)}
        />
      )}
      {refused && <ErrorState error={refused} />}
    </Section>
  );
}
