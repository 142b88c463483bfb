'use client';
import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { Refusal } from './door.tsx';
import { useRefusalText } from './reset-password.tsx';
import { type RoleChoice, RoleFields } from './role-fields.tsx';
import classes from './settings.module.css';
import type { UserShown } from './users.tsx';

/** Changes what a user may do. */
export function RoleDialog({ user, onClose }: { user: UserShown; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [choice, setChoice] = useState<RoleChoice>({
    role: user.role === 'customer' ? 'agent' : user.role,
    merchantId: user.merchantId,
  });
  const change = useMutation(
    trpc.people.changeRole.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('people.users.roleChanged') });
        void queryClient.invalidateQueries(trpc.people.list.pathFilter());
        onClose();
      },
    }),
  );
  const refusal = useRefusalText(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ userId: user.id, ...choice });
  };
  return (
    <Modal opened onClose={onClose} title={user.name} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <form className={classes.form} onSubmit={submit}>
        <Refusal>{refusal}</Refusal>
        <RoleFields value={choice} onChange={setChoice} />
        <Button type="submit" loading={change.isPending}>
          {t('people.users.changeRole')}
        </Button>
      </form>
    </Modal>
  );
}
