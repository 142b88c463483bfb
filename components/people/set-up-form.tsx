'use client';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import classes from './door.module.css';
import { Done, Door, Refusal } from './door.tsx';
import { NewPasswordInput, ToSignIn, useRefusalText } from './reset-password.tsx';

/** The first page of an empty house: its administrator and its first merchant, for who has the link the server printed. */
export function SetUpForm({ token }: { token: string | null }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const state = useQuery(
    trpc.auth.setupState.queryOptions(
      { token: token ?? '' },
      { enabled: token !== null, retry: false, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  if (token === null) {
    return (
      <Door title={t('people.setup.title')}>
        <Refusal>{t('people.setup.noToken')}</Refusal>
      </Door>
    );
  }
  return (
    <Loaded data={state.data} error={shownError(state.error)}>
      {() => <FirstPeople token={token} />}
    </Loaded>
  );
}

const EMPTY = {
  admin: { name: '', email: '', password: '' },
  merchant: { name: '', slug: '', currency: 'EUR', country: '' },
  node: { code: 'MAIN', name: '' },
  sku: { code: '', name: '', price: '' },
};

function FirstPeople({ token }: { token: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const setUp = useMutation(trpc.auth.setUp.mutationOptions());
  const form = useForm({ initialValues: EMPTY });
  const refusal = useRefusalText(setUp.error);
  const field = (path: string) => ({ required: true, withAsterisk: false, ...form.getInputProps(path) });
  return (
    <Door title={t('people.setup.title')} text={t('people.setup.text')} wide>
      <Refusal>{refusal}</Refusal>
      {setUp.isSuccess ? (
        <>
          <Done>{t('people.setup.done', { email: form.values.admin.email })}</Done>
          <ToSignIn />
        </>
      ) : (
        <form className={classes.form} onSubmit={form.onSubmit((values) => setUp.mutate({ token, ...values }))}>
          <fieldset className={classes.group}>
            <legend className={classes.legend}>{t('people.setup.you')}</legend>
            <div className={classes.form}>
              <TextInput label={t('people.invite.name')} autoComplete="name" {...field('admin.name')} />
              <TextInput label={t('people.signIn.email')} type="email" autoComplete="username" {...field('admin.email')} />
              <NewPasswordInput
                label={t('people.signIn.password')}
                value={form.values.admin.password}
                onChange={(password) => form.setFieldValue('admin.password', password)}
              />
            </div>
          </fieldset>
          <fieldset className={classes.group}>
            <legend className={classes.legend}>{t('people.setup.merchant')}</legend>
            <div className={classes.form}>
              <TextInput label={t('people.setup.merchantName')} {...field('merchant.name')} />
              <TextInput label={t('people.setup.slug')} description={t('people.setup.slugHint')} {...field('merchant.slug')} />
              <div className={classes.pair}>
                <TextInput label={t('people.setup.currency')} maxLength={3} placeholder="EUR" {...field('merchant.currency')} />
                <TextInput label={t('people.setup.country')} maxLength={2} placeholder="AT" {...field('merchant.country')} />
              </div>
            </div>
          </fieldset>
          <fieldset className={classes.group}>
            <legend className={classes.legend}>{t('people.setup.node')}</legend>
            <div className={classes.pair}>
              <TextInput label={t('people.setup.nodeCode')} {...field('node.code')} />
              <TextInput label={t('people.setup.nodeName')} description={t('people.setup.nodeHint')} {...field('node.name')} />
            </div>
          </fieldset>
          <fieldset className={classes.group}>
            <legend className={classes.legend}>{t('people.setup.sku')}</legend>
            <div className={classes.form}>
              <TextInput label={t('people.setup.skuName')} {...field('sku.name')} />
              <div className={classes.pair}>
                <TextInput label={t('people.setup.skuCode')} {...field('sku.code')} />
                <TextInput label={t('people.setup.skuPrice')} inputMode="decimal" placeholder="19.90" {...field('sku.price')} />
              </div>
            </div>
          </fieldset>
          <Button type="submit" loading={setUp.isPending}>
            {t('people.setup.submit')}
          </Button>
        </form>
      )}
    </Door>
  );
}
