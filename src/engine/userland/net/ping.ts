/** ping: whether an address answers, judged by what a TCP port that nobody uses says. */
import { NetError } from '#engine/http';
import { type Process, print } from '#engine/os';
import type { Millis } from '#engine/sim';
import { type Applet, type Flavour, parseOptions, UsageError } from '../applet.ts';
import { Deadline, DeadlineExceeded } from './deadline.ts';
import { connectTcp, HttpListener } from './tcp.ts';
import { isIpv4 } from './url.ts';

/** The echo service's port: a refusal comes from the host itself, so the host is there. */
const ECHO_PORT = 7;
const LAST_WAIT_MS = 10_000;

interface Ping {
  readonly process: Process;
  readonly flavour: Flavour;
  readonly host: string;
  readonly address: string;
  readonly count: number;
  readonly intervalMs: Millis;
  readonly lastWaitMs: Millis;
  readonly quiet: boolean;
}

interface Tally {
  sent: number;
  readonly times: number[];
  errors: number;
}

/** @fidelity partial: there is no ICMP; a TCP connection to port 7 stands for the echo, so ClusterIPs do not answer, as on a real cluster */
export const ping: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'qn46', values: 'cWiwsIt' });
  const host = options.operands[0];
  if (host === undefined)
    throw new UsageError(flavour === 'gnu' ? 'usage error: Destination address required' : 'missing host');
  const number = (letter: string, fallback: number): number => {
    const value = Number(options.value(letter) ?? fallback);
    if (!(value > 0)) throw new UsageError(`invalid argument: '${options.value(letter)}'`);
    return value;
  };
  const address = await addressOf(process, host);
  if (address === undefined) {
    await print(
      process.stderr,
      flavour === 'gnu' ? `ping: ${host}: Name or service not known\n` : `ping: bad address '${host}'\n`,
    );
    return flavour === 'gnu' ? 2 : 1;
  }
  return run({
    process,
    flavour,
    host,
    address,
    count: number('c', Number.POSITIVE_INFINITY),
    intervalMs: number('i', 1) * 1000,
    lastWaitMs: number('W', LAST_WAIT_MS / 1000) * 1000,
    quiet: options.has('q'),
  });
};

async function addressOf(process: Process, host: string): Promise<string | undefined> {
  if (isIpv4(host)) return host;
  try {
    return (await process.net.lookup(host))[0];
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return undefined;
  }
}

async function run(ping: Ping): Promise<number> {
  const { process, flavour, host, address } = ping;
  const tally: Tally = { sent: 0, times: [], errors: 0 };
  const stop = new AbortController();
  process.onSignal('SIGINT', () => stop.abort());
  const startedAt = process.clock.now();
  await print(
    process.stdout,
    flavour === 'gnu'
      ? `PING ${host} (${address}) 56(84) bytes of data.\n`
      : `PING ${host} (${address}): 56 data bytes\n`,
  );
  while (tally.sent < ping.count && !stop.signal.aborted) {
    const sentAt = process.clock.now();
    const isLast = tally.sent + 1 >= ping.count;
    await probe(ping, tally, isLast ? ping.lastWaitMs : Math.min(ping.intervalMs, ping.lastWaitMs));
    const restMs = sentAt + ping.intervalMs - process.clock.now();
    if (!isLast && restMs > 0) await process.clock.sleep(restMs, 'ping: interval', stop.signal);
  }
  await print(process.stdout, summary(ping, tally, process.clock.now() - startedAt));
  return tally.times.length > 0 ? 0 : 1;
}

async function probe({ process, flavour, address, quiet }: Ping, tally: Tally, waitMs: Millis): Promise<void> {
  const deadline = new Deadline(process, waitMs);
  const sentAt = process.clock.now();
  const index = tally.sent++;
  let isUp = true;
  try {
    const connection = await connectTcp(process, address, ECHO_PORT, deadline);
    if (!(connection instanceof HttpListener)) connection.close();
  } catch (error) {
    if (!(error instanceof NetError || error instanceof DeadlineExceeded)) throw error;
    isUp = error instanceof NetError && (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET');
    if (error instanceof NetError && error.code === 'EHOSTUNREACH') {
      tally.errors++;
      if (flavour === 'gnu' && !quiet)
        await print(
          process.stdout,
          `From ${process.net.addresses[0] ?? '127.0.0.1'} icmp_seq=${index + 1} Destination Host Unreachable\n`,
        );
    }
  } finally {
    deadline.end();
  }
  if (!isUp) return;
  const ms = Math.max(process.clock.now() - sentAt, 0.03);
  tally.times.push(ms);
  const text =
    flavour === 'gnu'
      ? `icmp_seq=${index + 1} ttl=64 time=${ms.toPrecision(3)} ms`
      : `seq=${index} ttl=64 time=${ms.toFixed(3)} ms`;
  if (!quiet) await print(process.stdout, `64 bytes from ${address}: ${text}\n`);
}

function summary({ flavour, host }: Ping, { sent, times, errors }: Tally, elapsedMs: Millis): string {
  const loss = sent === 0 ? 0 : Math.floor(((sent - times.length) * 100) / sent);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length);
  const deviation = Math.sqrt(times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / Math.max(1, times.length));
  const figures = [Math.min(...times), mean, Math.max(...times)].map((ms) => ms.toFixed(3)).join('/');
  if (flavour === 'busybox')
    return (
      `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n` +
      (times.length > 0 ? `round-trip min/avg/max = ${figures} ms\n` : '')
    );
  return (
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} received, ${errors > 0 ? `+${errors} errors, ` : ''}${loss}% packet loss, time ${Math.floor(elapsedMs)}ms\n` +
    (times.length > 0 ? `rtt min/avg/max/mdev = ${figures}/${deviation.toFixed(3)} ms\n` : '\n')
  );
}
