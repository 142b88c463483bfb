import {
  type ActionIconFactory,
  type ButtonFactory,
  type CheckboxFactory,
  type CSSVariablesResolver,
  createTheme,
  type DrawerFactory,
  type ExtendComponent,
  type FactoryPayload,
  type InputFactory,
  type InputWrapperFactory,
  type MenuFactory,
  type ModalFactory,
  type PopoverFactory,
  type SelectFactory,
  type TooltipFactory,
} from '@mantine/core';
import { ACCENT, DARK, DARK_GREYS, LIGHT, TONES } from './tokens.ts';

type Palette = typeof LIGHT;

/**
 * What opens stays where it belongs in the document, so that it is inside a landmark and next in reading order; `fixed` lets it
 * reach out of whatever scrolls.
 */
const IN_PLACE = { withinPortal: false, floatingStrategy: 'fixed' } as const;
/** A dialog's own <header> would count as a second banner of the page. */
const NO_SECOND_BANNER = { header: { role: 'presentation' } } as const;

/** What `Component.extend` does, without the component: the theme is on every page, a drawer's code need not be. */
const dressed = <F extends FactoryPayload>(clothes: ExtendComponent<F>): ExtendComponent<F> => clothes;

/** 13 px for rows and fields, 14 px for prose, 20 px for the title of a page: three sizes and no more. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent: ACCENT, dark: DARK_GREYS },
  black: LIGHT.text,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '13px', sm: '13px', md: '14px', lg: '14px', xl: '20px' },
  lineHeights: { xs: '20px', sm: '20px', md: '20px', lg: '20px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '14px', lineHeight: '20px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  components: {
    Button: dressed<ButtonFactory>({
      defaultProps: { variant: 'filled' },
      styles: { label: { fontWeight: 500 } },
      vars: () => ({ root: { '--button-height': '32px', '--button-padding-x': '12px', '--button-fz': '13px' } }),
    }),
    ActionIcon: dressed<ActionIconFactory>({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Input: dressed<InputFactory>({ vars: () => ({ wrapper: { '--input-height': '32px', '--input-fz': '13px' } }) }),
    InputWrapper: dressed<InputWrapperFactory>({
      styles: {
        label: { fontWeight: 500, marginBottom: 4, fontSize: 13 },
        description: { marginBottom: 4, fontSize: 13 },
        error: { fontSize: 13 },
      },
    }),
    Select: dressed<SelectFactory>({
      defaultProps: { allowDeselect: false, checkIconPosition: 'right', comboboxProps: IN_PLACE },
    }),
    Checkbox: dressed<CheckboxFactory>({ defaultProps: { size: 'xs' } }),
    Modal: dressed<ModalFactory>({
      defaultProps: {
        centered: true,
        radius: 'lg',
        padding: 'lg',
        overlayProps: { backgroundOpacity: 0.4 },
        attributes: NO_SECOND_BANNER,
      },
      styles: {
        title: { fontWeight: 600, lineHeight: '20px' },
        header: { background: 'var(--wb-raised)' },
        content: { background: 'var(--wb-raised)', border: '1px solid var(--wb-border)' },
      },
    }),
    Drawer: dressed<DrawerFactory>({ defaultProps: { attributes: NO_SECOND_BANNER } }),
    Menu: dressed<MenuFactory>({
      defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false, ...IN_PLACE },
    }),
    Popover: dressed<PopoverFactory>({ defaultProps: { shadow: 'md', ...IN_PLACE } }),
    Tooltip: dressed<TooltipFactory>({ defaultProps: { openDelay: 300, multiline: true, maw: 320 } }),
  },
});

function variablesOf(palette: Palette): Record<string, string> {
  const { tones, ...flat } = palette;
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(flat)) {
    variables[`--wb-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`] = value;
  }
  for (const tone of TONES) {
    variables[`--wb-${tone}-bg`] = tones[tone].bg;
    variables[`--wb-${tone}-fg`] = tones[tone].fg;
    variables[`--wb-${tone}-stripe`] = tones[tone].stripe;
  }
  return {
    ...variables,
    '--mantine-color-body': palette.page,
    '--mantine-color-text': palette.text,
    '--mantine-color-dimmed': palette.dimmed,
    '--mantine-color-placeholder': palette.dimmed,
    '--mantine-color-anchor': palette.link,
    '--mantine-color-default': palette.raised,
    '--mantine-color-default-color': palette.text,
    '--mantine-color-default-hover': palette.hover,
    '--mantine-color-default-border': palette.borderStrong,
    '--mantine-color-disabled': palette.hover,
    '--mantine-color-disabled-color': palette.dimmed,
    '--mantine-color-disabled-border': palette.border,
    '--mantine-color-error': tones.blocked.fg,
    '--mantine-color-red-filled': '#c0271b',
    '--mantine-color-red-filled-hover': '#a92318',
    '--mantine-color-gray-light-color': palette.dimmed,
    '--mantine-color-gray-text': palette.dimmed,
  };
}

/** Hands the tokens to CSS: --wb-* for our own files, and Mantine's names where its components read them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--wb-topbar': '48px', '--wb-sidebar-width': '224px' },
  light: variablesOf(LIGHT),
  dark: variablesOf(DARK),
});
