/** Who a container's first process runs as: the Pod's wish, else the image's, looked up in /etc/passwd. */
import type { FileSystem } from '#engine/os';
import { type ContainerConfig, type ContainerUser, RuntimeError } from './types.ts';

const decoder = new TextDecoder();

function rows(fs: FileSystem, path: string): readonly (readonly string[])[] {
  if (!fs.exists(path)) return [];
  return decoder
    .decode(fs.readFile(path))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}

const isNumber = (text: string) => text !== '' && [...text].every((digit) => digit >= '0' && digit <= '9');

/** Throws RuntimeError when the image names a user that its /etc/passwd does not know. */
export function resolveUser(
  wish: ContainerConfig['user'],
  imageUser: string | undefined,
  fs: FileSystem,
): ContainerUser {
  const [name = '', group = ''] = (imageUser ?? '').split(':');
  const passwd = rows(fs, '/etc/passwd');
  let uid = 0;
  let gid = 0;
  if (wish?.uid !== undefined) {
    uid = wish.uid;
    gid = Number(passwd.find((row) => Number(row[2]) === uid)?.[3] ?? 0);
  } else if (name !== '') {
    const row = passwd.find((candidate) => candidate[0] === name || (isNumber(name) && candidate[2] === name));
    if (!row && !isNumber(name))
      throw new RuntimeError(`unable to find user ${name}: no matching entries in passwd file`);
    uid = row ? Number(row[2]) : Number(name);
    gid = row ? Number(row[3]) : 0;
    if (group !== '') {
      const entry = rows(fs, '/etc/group').find((candidate) => candidate[0] === group);
      if (!entry && !isNumber(group))
        throw new RuntimeError(`unable to find group ${group}: no matching entries in group file`);
      gid = entry ? Number(entry[2]) : Number(group);
    }
  }
  if (wish?.gid !== undefined) gid = wish.gid;
  return { uid, gid, supplementalGroups: [...new Set([gid, ...(wish?.supplementalGroups ?? [])])] };
}
