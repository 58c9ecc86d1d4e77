/** What a completion offers, in the terms of cobra's protocol. */

/** Bits of the last line: what the shell may do besides. */
export const NO_SPACE = 2;
export const NO_FILES = 4;
const FILE_EXTENSIONS = 8;

export interface Candidate {
  readonly text: string;
  readonly description?: string;
}

export interface Offer {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

export const offer = (texts: readonly string[], directive = NO_FILES): Offer => ({
  candidates: texts.map((text) => ({ text })),
  directive,
});

export const NOTHING: Offer = { candidates: [], directive: NO_FILES };
/** Nothing of ours: the shell completes files. */
export const FILES: Offer = { candidates: [], directive: 0 };
export const MANIFEST_FILES: Offer = {
  candidates: ['json', 'yaml', 'yml'].map((text) => ({ text })),
  directive: FILE_EXTENSIONS,
};
