/** Servers that speak TLS with the certificate and key files they are given, as Go's tls.LoadX509KeyPair reads them. */
import { type Handler, textResponse } from '#engine/http';
import { OsError, type Process, print } from '#engine/os';
import { formatMicroTime } from '#engine/sim';
import { flag } from './flags.ts';

/** How klog.Fatal exits. */
const FATAL = 255;

/** A line of klog's: `I0102 15:04:05.000000       1 main.go:1] text`. */
export function klogLine(process: Process, level: 'I' | 'E' | 'F', source: string, text: string): string {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T(.*)Z$/.exec(formatMicroTime(process.clock.now())) ?? [];
  return `${level}${month}${day} ${time} ${'1'.padStart(7)} ${source}] ${text}\n`;
}

/** Why two texts are no key pair; undefined when they are one. */
function keyPairFault(certificate: string, key: string): string | undefined {
  if (!certificate.includes('-----BEGIN ')) return 'tls: failed to find any PEM data in certificate input';
  if (!certificate.includes('-----BEGIN CERTIFICATE-----'))
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  if (!key.includes('-----BEGIN ')) return 'tls: failed to find any PEM data in key input';
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key))
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  return undefined;
}

function read(process: Process, path: string): string {
  try {
    return new TextDecoder().decode(process.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new OsError(error.code, `open ${path}: ${error.message.toLowerCase()}`, path);
  }
}

function certificateFrom(process: Process): string {
  const certificate = read(process, flag(process, 'tls-cert-file', ''));
  const fault = keyPairFault(certificate, read(process, flag(process, 'tls-private-key-file', '')));
  if (fault !== undefined) throw new OsError('EINVAL', fault);
  return certificate;
}

/**
 * Serves `--port` with `--tls-cert-file` and `--tls-private-key-file`. An exit code, and the reason on standard error, when they are no key pair.
 * @fidelity partial: the certificates are presented and clients may refuse them; nothing is encrypted, and that the key is the certificate's is not checked
 */
export async function listenTls(process: Process, handler: Handler): Promise<number | undefined> {
  let tls: string;
  try {
    tls = certificateFrom(process);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await print(process.stderr, klogLine(process, 'F', 'config.go:45', error.message));
    return FATAL;
  }
  const overTls: Handler = async (request) =>
    request.scheme === 'https'
      ? handler(request)
      : textResponse(400, 'Client sent an HTTP request to an HTTPS server.\n');
  process.net.listen(Number(flag(process, 'port', '443')), overTls, { tls });
  return undefined;
}
