/** Files by the names that a shell at the workstation has for them. */

const HOME = '/root';

/** `web.yaml`, `~/web.yaml`, `/etc/hosts` to an absolute path. */
export function pathOf(name: string): string {
  const relative = name.replace(/^~\//, '');
  const parts: string[] = [];
  for (const part of (relative.startsWith('/') ? relative : `${HOME}/${relative}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** As short as the shell would have it: relative to the home directory. */
export const nameOf = (path: string): string => (path.startsWith(`${HOME}/`) ? path.slice(HOME.length + 1) : path);
