/** Whether a text is the beginning of a command that later lines may complete. */
import type { ParsedScript } from 'unbash';

/** True when more lines may still complete what was typed so far. */
export function isIncomplete(script: ParsedScript, text: string): boolean {
  if (/(^|[^\\])(\\\\)*\\\n$/.test(text)) return true;
  if (
    script.errors?.some(({ message }) =>
      /^unterminated|to close|^expected '(do|then|in|\{|fi|done|esac)|^expected command after '(\||&&|\|\||if|then|do|else|elif|while|until|\{|\(|!)|missing heredoc|here-document/i.test(
        message,
      ),
    )
  ) {
    return !script.errors.some(({ message }) => message.startsWith('unexpected token'));
  }
  return hasOpenHereDocument(script);
}

function hasOpenHereDocument(node: unknown): boolean {
  let open = false;
  const visit = (value: unknown): void => {
    if (open || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
      return;
    }
    const record = value as { readonly [key: string]: unknown };
    if (record.type === 'HereDoc') {
      if (record.closing === undefined) open = true;
      return;
    }
    for (const key of [
      'commands',
      'command',
      'body',
      'suffix',
      'prefix',
      'redirects',
      'then',
      'else',
      'clause',
      'items',
      'elif',
    ])
      visit(record[key]);
  };
  visit(node);
  return open;
}
