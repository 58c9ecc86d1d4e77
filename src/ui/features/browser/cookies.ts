/** Cookies of the pages in the panel, by host, for as long as the panel lives. Nothing of the real browser's. */

const MAX_PER_HOST = 50;
const MAX_BYTES = 4096;

export interface CookieJar {
  /** The `Cookie` header for a URL; '' when there is none. */
  for(url: string): string;
  /** What a `Set-Cookie` header says. */
  take(url: string, header: string): void;
}

export function createCookieJar(): CookieJar {
  const hosts = new Map<string, Map<string, { readonly value: string; readonly path: string }>>();
  return {
    for(url) {
      const { hostname, pathname } = new URL(url);
      const kept = hosts.get(hostname) ?? new Map();
      return [...kept]
        .filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
        .map(([name, { value }]) => `${name}=${value}`)
        .join('; ');
    },
    take(url, header) {
      const { hostname } = new URL(url);
      const kept = hosts.get(hostname) ?? new Map<string, { readonly value: string; readonly path: string }>();
      hosts.set(hostname, kept);
      // Several cookies in one header are parted by commas; the comma of a date is followed by a space and a digit.
      for (const one of header.split(/,(?=\s*[^\s;=,]+=)/)) {
        const [pair = '', ...attributes] = one.split(';').map((part) => part.trim());
        const [, name, value = ''] = /^([^=\s]+)=(.*)$/.exec(pair) ?? [];
        if (name === undefined || one.length > MAX_BYTES) continue;
        const attribute = (wanted: string) =>
          attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
        const age = attribute('max-age');
        if (value === '' || (age !== undefined && Number(age) <= 0)) kept.delete(name);
        else if (kept.has(name) || kept.size < MAX_PER_HOST) kept.set(name, { value, path: attribute('path') ?? '/' });
      }
    },
  };
}
