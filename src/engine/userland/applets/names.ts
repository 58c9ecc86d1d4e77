/** Which commands come with which distribution. */

/** coreutils and the other essential packages of Debian: no ps, no ping, no curl, as in the real images. */
export const GNU_COREUTILS: readonly string[] = (
  'arch awk base64 basename cat chgrp chmod chown cmp cp cut date dd df diff dirname du echo env expr false find fold getent grep egrep fgrep groups gzip gunzip head hostname id ' +
  'link ln ls md5sum mkdir mktemp mv nice nl nohup nproc od paste printenv printf pwd readlink realpath rev rm rmdir sed seq sha1sum sha256sum shuf sleep sort stat sync tac tail tar ' +
  'tee test [ timeout touch tr true truncate tty uname uniq unlink wc which whoami xargs yes zcat clear mount'
).split(' ');

/** What a learner's own machine has besides. */
export const WORKSTATION_TOOLS: readonly string[] =
  'curl wget nslookup dig host ping nc ip ifconfig ps kill killall pgrep pkill top free uptime watch less more vi vim nano hexdump xxd tree'.split(
    ' ',
  );

export const BUSYBOX_APPLETS: readonly string[] = (
  '[ arch awk base64 basename cat chgrp chmod chown clear cmp cp cut date dd df diff dirname du echo egrep env expr false fgrep find fold free getent grep groups gunzip gzip head ' +
  'hexdump hostname id ifconfig ip kill killall less link ln ls md5sum mkdir mktemp more mount mv nc nice nl nohup nproc nslookup od paste pgrep ping pkill printenv printf ps pwd readlink realpath ' +
  'rev rm rmdir sed seq sha1sum sha256sum shuf sleep sort stat sync tac tail tar tee test time timeout top touch tr tree true truncate tty uname uniq unlink uptime vi watch wc wget ' +
  'which whoami xargs xxd yes zcat'
).split(' ');
