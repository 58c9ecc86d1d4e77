/** What an editing surface is given, whichever it is. */
import type { Diagnostic } from './diagnostics.ts';
import type { OpenFile } from './files.ts';
import type { TextRange } from './manifest/manifests.ts';

export interface PaneProps {
  readonly file: OpenFile;
  /** For those who cannot see it. */
  readonly label: string;
  readonly diagnostics: readonly Diagnostic[];
  /** A new object each time somebody asks to be taken there. */
  readonly reveal: { readonly range: TextRange } | undefined;
  readonly onChange: (id: string, text: string) => void;
}
