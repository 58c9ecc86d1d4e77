/** A short text with `code` in it. */
export function Phrase({ text }: { readonly text: string }) {
  return text.split(/(`[^`]+`)/).map((part, at) =>
    part.startsWith('`') && part.length > 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
      <code key={at}>{part.slice(1, -1)}</code>
    ) : (
      part
    ),
  );
}
