/** What `curl -w` prints. */
import type { Process } from '#engine/os';
import type { TransferInfo } from './transfer.ts';

type Variable = (info: TransferInfo, process: Process) => string;

const since =
  (pick: (info: TransferInfo) => number): Variable =>
  (info) =>
    ((pick(info) - info.startedAt) / 1000).toFixed(6);
const header = (info: TransferInfo, name: string): string =>
  info.head.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? '';
const speed =
  (pick: (info: TransferInfo) => number): Variable =>
  (info) => {
    const ms = info.endedAt - info.startedAt;
    return String(ms <= 0 ? pick(info) : Math.floor((pick(info) * 1000) / ms));
  };
const status: Variable = (info) => String(info.status).padStart(3, '0');

const VARIABLES: { readonly [name: string]: Variable } = {
  http_code: status,
  response_code: status,
  http_connect: () => '000',
  http_version: (info) => (info.status > 0 ? '1.1' : '0'),
  content_type: (info) => header(info, 'content-type'),
  errormsg: (info) => info.errorMessage,
  exitcode: (info) => String(info.exitCode),
  filename_effective: (info) => info.output,
  local_ip: (info, process) => (info.status > 0 ? (process.net.addresses[0] ?? '') : ''),
  local_port: (info) => (info.status > 0 ? '40000' : '0'),
  method: (info) => info.method,
  num_connects: (info) => (info.status > 0 ? '1' : '0'),
  num_headers: (info) => String(info.head.length),
  num_redirects: (info) => String(info.redirects),
  redirect_url: (info) => info.redirectUrl,
  remote_ip: (info) => (info.status > 0 ? info.remoteAddress : ''),
  remote_port: (info) => (info.status > 0 ? String(info.remotePort) : '0'),
  scheme: (info) => info.scheme,
  size_download: (info) => String(info.downloaded),
  size_header: (info) => String(info.headerBytes),
  size_request: (info) => String(info.requestBytes),
  size_upload: (info) => String(info.uploaded),
  speed_download: speed((info) => info.downloaded),
  speed_upload: speed((info) => info.uploaded),
  ssl_verify_result: () => '0',
  time_appconnect: () => '0.000000',
  time_namelookup: since((info) => info.lookedUpAt),
  time_connect: since((info) => (info.status > 0 ? info.answeredAt : info.startedAt)),
  time_pretransfer: since((info) => (info.status > 0 ? info.answeredAt : info.startedAt)),
  time_starttransfer: since((info) => info.answeredAt),
  time_redirect: () => '0.000000',
  time_total: since((info) => info.endedAt),
  url: (info) => info.url,
  url_effective: (info) => info.effectiveUrl,
  urlnum: () => '0',
};
const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t' };

/** What goes to the standard output and the standard error for a format. */
export function writeOut(
  format: string,
  info: TransferInfo,
  process: Process,
): { readonly stdout: string; readonly stderr: string } {
  const text = { stdout: '', stderr: '' };
  let target: 'stdout' | 'stderr' = 'stdout';
  for (const [, variable, field, escaped, plain = ''] of format.matchAll(
    /%\{(header\{[^}]*\}|[^}]*)\}|(%%)|\\(.)|([\s\S])/g,
  )) {
    if (field !== undefined) text[target] += '%';
    else if (escaped !== undefined) text[target] += ESCAPES[escaped] ?? `\\${escaped}`;
    else if (variable === undefined) text[target] += plain;
    else if (variable === 'stdout' || variable === 'stderr') target = variable;
    else if (variable === 'onerror') {
      if (info.exitCode === 0) break;
    } else if (variable.startsWith('header{')) text[target] += header(info, variable.slice(7, -1));
    else if (VARIABLES[variable]) text[target] += VARIABLES[variable](info, process);
    else text.stderr += `curl: unknown --write-out variable: '${variable}'\n`;
  }
  return text;
}
