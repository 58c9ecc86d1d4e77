/** curl: the command. */
import { type Process, type Program, print } from '#engine/os';
import { writesToTerminal } from '../output.ts';
import { Meter } from './meter.ts';
import { CurlError, type CurlOptions, parseCurl } from './options.ts';
import { CURL_VERSION, newInfo, type TransferInfo, transfer } from './transfer.ts';
import { writeOut } from './write-out.ts';

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>           HTTP POST data
 -f, --fail                  Fail fast with no output on HTTP errors
 -h, --help <subject>        Get help for commands
 -o, --output <file>         Write to file instead of stdout
 -O, --remote-name           Write output to file named as remote file
 -i, --show-headers          Show response headers in output
 -s, --silent                Silent mode
 -T, --upload-file <file>    Transfer local FILE to destination
 -u, --user <user:password>  Server user and password
 -A, --user-agent <name>     Send User-Agent <name> to server
 -v, --verbose               Make the operation more talkative
 -V, --version               Show version number and quit
`;

/** Answers worth another try. */
const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);

/** @fidelity partial: HTTP(S) only, no proxies, forms, cookie jars, client certificates or parallel transfers; connect and answer take one time */
export const curl: Program = async (process) => {
  const args = process.argv.slice(1);
  if (args.includes('--version') || args.includes('-V')) {
    await print(
      process.stdout,
      `curl ${CURL_VERSION} (podarium) libcurl/${CURL_VERSION}\nRelease-Date: 2025-06-04\nProtocols: http https\n`,
    );
    return 0;
  }
  if (args.includes('--help') || args.includes('-h')) {
    await print(process.stdout, HELP);
    return 0;
  }
  let options: CurlOptions;
  try {
    options = await parseCurl(process);
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    await complain(process, error);
    return error.code;
  }
  if (options.urls.length === 0) {
    await print(process.stderr, 'curl: (2) no URL specified\n');
    return 2;
  }
  let code = 0;
  for (const url of options.urls) {
    code = await withRetries(process, options, url);
    if (code !== 0 && options.failEarly) break;
  }
  return code;
};

const complain = (process: Process, { code, message, numbered }: CurlError): Promise<void> =>
  print(process.stderr, `curl: ${numbered ? `(${code}) ` : ''}${message}\n`);

async function withRetries(process: Process, options: CurlOptions, url: string): Promise<number> {
  const outputs = [...options.outputs];
  let delayMs = options.retryDelayMs ?? 1000;
  for (let left = options.retries; ; left--) {
    const { info, error } = await attempt(process, options, url);
    const why = left > 0 ? problem(options, info, error) : undefined;
    if (error && why === undefined && (!options.silent || options.showError)) await complain(process, error);
    if (why === undefined) {
      if (options.writeOut !== undefined) {
        const { stdout, stderr } = writeOut(options.writeOut, info, process);
        await print(process.stdout, stdout);
        await print(process.stderr, stderr);
      }
      return error?.code ?? 0;
    }
    if (!options.silent || options.showError) {
      if (error) await complain(process, error);
      const seconds = Math.floor(delayMs / 1000);
      await print(
        process.stderr,
        `Warning: Problem: ${why}. Will retry in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. ${left} ${left === 1 ? 'retry' : 'retries'} left.\n`,
      );
    }
    await process.clock.sleep(delayMs, 'curl: retry');
    if (options.retryDelayMs === undefined) delayMs = Math.min(delayMs * 2, 600_000);
    options.outputs = [...outputs];
  }
}

/** Why another try is made; undefined: none is. */
function problem(options: CurlOptions, info: TransferInfo, error: CurlError | undefined): string | undefined {
  if (error?.code === 28) return 'timeout';
  if (error?.code === 7 && options.retryRefused) return 'connection refused';
  if (TRANSIENT_STATUS.has(info.status)) return 'HTTP error';
  if (error?.code === 6) return undefined;
  return error && options.retryAllErrors ? '(retrying all errors)' : undefined;
}

async function attempt(
  process: Process,
  options: CurlOptions,
  url: string,
): Promise<{ readonly info: TransferInfo; readonly error?: CurlError }> {
  const info = newInfo(url, process.clock.now());
  const toFile = (options.outputs[0] ?? '-') !== '-' || options.remoteName;
  const meter = new Meter(process, !options.silent && !options.noProgress && (toFile || !writesToTerminal(process)));
  await meter.begin();
  try {
    await transfer(process, options, info, meter);
    await meter.end(info.downloaded, info.uploaded);
    return { info };
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    await meter.end(info.downloaded, info.uploaded);
    info.exitCode = error.code;
    info.errorMessage = error.message.split('\n')[0] ?? '';
    return { info, error };
  }
}
