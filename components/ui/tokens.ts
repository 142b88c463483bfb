/**
 * Every colour of the console, for both themes. theme.ts turns them into CSS variables named --wb-<name>; a test holds each
 * text/background pair to WCAG AA (4.5 : 1), so a colour changed here cannot quietly become unreadable.
 */
export const TONES = ['neutral', 'moving', 'done', 'attention', 'blocked', 'returned', 'doubt'] as const;

/**
 * What a colour means: neutral = not started or closed, moving = on its way, done, attention = waits for a person,
 * blocked = failed or blocked, returned = money went back, doubt = nobody knows yet (striped).
 */
export type Tone = (typeof TONES)[number];

interface ToneColours {
  readonly bg: string;
  readonly fg: string;
  /** The second stripe; the same as bg where a tone is not striped. */
  readonly stripe: string;
}

interface Palette {
  readonly page: string;
  readonly sidebar: string;
  readonly raised: string;
  readonly hover: string;
  readonly selected: string;
  readonly border: string;
  readonly borderStrong: string;
  readonly text: string;
  readonly dimmed: string;
  readonly link: string;
  readonly focus: string;
  readonly tones: Readonly<Record<Tone, ToneColours>>;
}

const plain = (bg: string, fg: string): ToneColours => ({ bg, fg, stripe: bg });

export const LIGHT: Palette = {
  page: '#ffffff',
  sidebar: '#f6f7f9',
  raised: '#ffffff',
  hover: '#f3f4f6',
  selected: '#eceefd',
  border: '#e4e6ea',
  borderStrong: '#cdd1d8',
  text: '#16181d',
  dimmed: '#5b616d',
  link: '#3d49bd',
  focus: '#4a57d6',
  tones: {
    neutral: plain('#eceef1', '#4a505c'),
    moving: plain('#e3eefc', '#1a52a8'),
    done: plain('#def3e5', '#125f35'),
    attention: plain('#fdefcd', '#7a4c08'),
    blocked: plain('#fde6e3', '#a92318'),
    returned: plain('#efe8fd', '#6533bb'),
    doubt: { bg: '#fdefcd', fg: '#6b4206', stripe: '#f8dfa3' },
  },
};

export const DARK: Palette = {
  page: '#111214',
  sidebar: '#0c0d0f',
  raised: '#191a1d',
  hover: '#1c1d21',
  selected: '#22263f',
  border: '#292b30',
  borderStrong: '#40434b',
  text: '#eceef2',
  dimmed: '#9ca3af',
  link: '#a3abf3',
  focus: '#8791f0',
  tones: {
    neutral: plain('#292c32', '#b9bfca'),
    moving: plain('#162b4d', '#93bffb'),
    done: plain('#133422', '#85dba7'),
    attention: plain('#3b2b0c', '#f3c567'),
    blocked: plain('#451c18', '#ffa399'),
    returned: plain('#2f2250', '#c9aeff'),
    doubt: { bg: '#3b2b0c', fg: '#f7d080', stripe: '#523d12' },
  },
};

/** Mantine's own greys of the dark theme (text 0, fields 6, page 7), so that its parts sit on our surfaces. */
export const DARK_GREYS = [
  '#eceef2',
  '#b9bfca',
  '#9ca3af',
  '#6b7280',
  '#40434b',
  '#292b30',
  '#191a1d',
  '#111214',
  '#0c0d0f',
  '#08090a',
] as const;

/** The accent in ten steps, light to dark; step 6 fills buttons in both themes. */
export const ACCENT = [
  '#eef0fe',
  '#dcdffb',
  '#bcc2f7',
  '#a3abf3',
  '#8791f0',
  '#6a76e8',
  '#4a57d6',
  '#3d49bd',
  '#323c9c',
  '#272f7c',
] as const;
