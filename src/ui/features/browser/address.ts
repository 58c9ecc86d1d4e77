/** What people type into an address bar. */

/** The longest address that is taken. */
const MAX_LENGTH = 8000;

/** The absolute `http:` or `https:` URL that is meant; undefined when there is none. */
export function parseAddress(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '' || text.length > MAX_LENGTH) return undefined;
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return absolute(schemed);
}

/** A link as seen from the page it stands on; undefined for what a browser panel cannot follow (mailto:, javascript: …). */
export const resolveLink = (href: string, base: string): string | undefined => absolute(href.trim(), base);

function absolute(text: string, base?: string): string | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  return url.href.length > MAX_LENGTH ? undefined : url.href;
}

export const withoutFragment = (url: string): string => url.split('#', 1)[0] ?? url;
export const originOf = (url: string): string => new URL(url).origin;
/** What a person reads: without the scheme that goes without saying. */
export const shownAddress = (url: string): string => url.replace(/^http:\/\//, '').replace(/^([^/]+)\/$/, '$1');
