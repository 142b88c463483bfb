'use client';
import { Button } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { SearchField } from '../ui/list-toolbar.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { MoreMenu, PageHeader } from '../ui/page-header.tsx';
import { Loaded, NoMatch } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { LinkDialog, type LinkShown } from './link-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';
import classes from './settings.module.css';
import { SettingsTabs } from './settings-tabs.tsx';

export interface UserShown {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly merchantId: string | null;
  readonly merchantName: string | null;
  readonly totpEnabled: boolean;
  readonly disabledAt: Date | null;
  readonly lastSeenAt: Date | null;
}

/** Who works here: invite, change what they may do, shut out. */
export function Users() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [q, setQ] = useQueryState('q', parseAsString.withDefault(''));
  const [inviting, setInviting] = useState(false);
  const users = useInfiniteQuery(
    trpc.people.list.infiniteQueryOptions({ q }, { getNextPageParam: (page) => page.next, initialCursor: null }),
  );
  const rows = users.data?.pages.flatMap((page) => page.users);
  return (
    <>
      <PageHeader
        title={t('nav.settings')}
        primary={<Button onClick={() => setInviting(true)}>{t('people.users.invite')}</Button>}
      />
      <SettingsTabs />
      <div className={classes.page}>
        <SearchField value={q} label={t('people.users.search')} onChange={(value) => void setQ(value || null)} />
        <Loaded data={rows} error={shownError(users.error)} onRetry={() => void users.refetch()}>
          {(found) => (found.length === 0 ? <NoMatch onClear={() => void setQ(null)} /> : <UserTable rows={found} />)}
        </Loaded>
        {users.hasNextPage && (
          <Button variant="default" loading={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>
            {t('people.users.more')}
          </Button>
        )}
        <Invitations />
      </div>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}

/** What can be done to a user, with the messages that say it was. */
function useUserActions(onLink: (link: LinkShown) => void) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const onError = (error: unknown) => toast.error(shownError(error));
  const refresh = () => void queryClient.invalidateQueries(trpc.people.list.pathFilter());
  const disable = useMutation(trpc.people.disable.mutationOptions({ onError, onSuccess: refresh }));
  const enable = useMutation(trpc.people.enable.mutationOptions({ onError, onSuccess: refresh }));
  const makeLink = useMutation(trpc.people.makeResetLink.mutationOptions({ onError }));
  return {
    setDisabled(user: UserShown) {
      const change = user.disabledAt ? enable : disable;
      const done = user.disabledAt ? 'people.users.enabledDone' : 'people.users.disabledDone';
      change.mutate({ userId: user.id }, { onSuccess: () => toast.success({ message: t(done, { name: user.name }) }) });
    },
    resetLink(user: UserShown) {
      makeLink.mutate(
        { userId: user.id },
        {
          onSuccess: ({ url, expiresAt }) => {
            const until = format.dateTime(expiresAt);
            onLink({
              title: t('people.users.resetLink'),
              text: t('people.users.resetLinkText', { name: user.name, until }),
              url,
            });
          },
        },
      );
    },
  };
}

function UserTable({ rows }: { rows: readonly UserShown[] }) {
  const { t } = useMessages();
  const [link, setLink] = useState<LinkShown | null>(null);
  const [changing, setChanging] = useState<UserShown | null>(null);
  const actions = useUserActions(setLink);
  const menu = (user: UserShown) => [
    { label: t('people.users.changeRole'), onClick: () => setChanging(user) },
    { label: t('people.users.resetLink'), onClick: () => actions.resetLink(user) },
    {
      label: t(user.disabledAt ? 'people.users.enable' : 'people.users.disable'),
      danger: !user.disabledAt,
      onClick: () => actions.setDisabled(user),
    },
  ];
  const columns: Column<UserShown>[] = [
    { key: 'name', header: t('people.users.name'), cell: (user) => user.name, card: 'title' },
    { key: 'email', header: t('people.users.email'), cell: (user) => user.email, card: 'sub' },
    { key: 'role', header: t('people.users.role'), cell: (user) => t(`nav.roles.${user.role}`), card: 'endSub' },
    {
      key: 'merchant',
      header: t('people.users.merchant'),
      cell: (user) => user.merchantName ?? (user.role === 'customer' ? t('ui.unknown') : t('people.users.allMerchants')),
    },
    {
      key: 'seen',
      header: t('people.users.seen'),
      cell: (user) => (user.lastSeenAt ? <TimeAgo at={user.lastSeenAt} /> : t('people.users.never')),
    },
    { key: 'totp', header: t('people.users.secondFactor'), cell: (user) => t(user.totpEnabled ? 'ui.yes' : 'ui.no') },
    {
      key: 'state',
      header: t('people.users.state'),
      cell: (user) => (
        <Badge tone={user.disabledAt ? 'blocked' : 'done'} icon={user.disabledAt ? IconBan : IconCheck}>
          {t(user.disabledAt ? 'people.users.disabled' : 'people.users.active')}
        </Badge>
      ),
    },
    { key: 'menu', header: t('ui.actions'), right: true, card: 'end', cell: (user) => <MoreMenu actions={menu(user)} /> },
  ];
  return (
    <>
      <DataTable
        label={t('people.users.title')}
        columns={columns}
        rows={rows}
        rowKey={(user) => user.id}
        rowLabel={(user) => user.name}
        embedded
      />
      <LinkDialog link={link} onClose={() => setLink(null)} />
      {changing && <RoleDialog user={changing} onClose={() => setChanging(null)} />}
    </>
  );
}
