/** Monaco in the page's colours. */
import { monaco } from './setup.ts';

type Base = 'vs' | 'vs-dark' | 'hc-black';

interface Palette {
  readonly base: Base;
  readonly surface: string;
  readonly ink: string;
  readonly quiet: string;
  readonly raised: string;
  readonly edge: string;
  readonly line: string;
  readonly key: string;
  readonly text: string;
  readonly number: string;
  readonly comment: string;
  readonly focus: string;
  readonly added: string;
  readonly removed: string;
}

const palettes: { readonly [scheme in Scheme]: Palette } = {
  light: {
    base: 'vs',
    surface: '#ffffff',
    ink: '#18202a',
    quiet: '#6a7786',
    raised: '#f5f7f9',
    edge: '#d5dbe3',
    line: '#f2f5f9',
    key: '#1a5fc8',
    text: '#18202a',
    number: '#96451a',
    comment: '#5a6675',
    focus: '#1a5fc8',
    added: '#187a42',
    removed: '#c02a32',
  },
  dark: {
    base: 'vs-dark',
    surface: '#141a22',
    ink: '#e4eaf1',
    quiet: '#7d8b9b',
    raised: '#1b232d',
    edge: '#2a3441',
    line: '#1a222c',
    key: '#7db5ff',
    text: '#e4eaf1',
    number: '#f0a27a',
    comment: '#93a1b1',
    focus: '#8cc0ff',
    added: '#55c985',
    removed: '#ff8078',
  },
  contrast: {
    base: 'hc-black',
    surface: '#000000',
    ink: '#ffffff',
    quiet: '#d5d5d5',
    raised: '#0b0b0b',
    edge: '#ffffff',
    line: '#111111',
    key: '#9cd0ff',
    text: '#ffffff',
    number: '#ffd35c',
    comment: '#d5d5d5',
    focus: '#ffe14d',
    added: '#6cff9d',
    removed: '#ff9d96',
  },
};

export type Scheme = 'light' | 'dark' | 'contrast';

for (const [scheme, colours] of Object.entries(palettes)) {
  const bare = (colour: string) => colour.slice(1);
  monaco.editor.defineTheme(`podarium-${scheme}`, {
    base: colours.base,
    inherit: true,
    rules: [
      { token: 'type.yaml', foreground: bare(colours.key) },
      { token: 'string.yaml', foreground: bare(colours.text) },
      { token: 'number.yaml', foreground: bare(colours.number) },
      { token: 'keyword.yaml', foreground: bare(colours.number) },
      { token: 'comment.yaml', foreground: bare(colours.comment) },
    ],
    colors: {
      'editor.background': colours.surface,
      'editor.foreground': colours.ink,
      'editorGutter.background': colours.surface,
      'editorLineNumber.foreground': colours.quiet,
      'editorLineNumber.activeForeground': colours.ink,
      'editor.lineHighlightBackground': colours.line,
      'editor.lineHighlightBorder': '#00000000',
      'editorWidget.background': colours.raised,
      'editorWidget.border': colours.edge,
      'editorHoverWidget.background': colours.raised,
      'editorHoverWidget.border': colours.edge,
      'editorSuggestWidget.background': colours.raised,
      'editorStickyScroll.background': colours.surface,
      focusBorder: colours.focus,
      'diffEditor.insertedTextBackground': `${colours.added}40`,
      'diffEditor.insertedLineBackground': `${colours.added}1f`,
      'diffEditor.removedTextBackground': `${colours.removed}40`,
      'diffEditor.removedLineBackground': `${colours.removed}1f`,
    },
  });
}

export const showScheme = (scheme: Scheme): void => monaco.editor.setTheme(`podarium-${scheme}`);
