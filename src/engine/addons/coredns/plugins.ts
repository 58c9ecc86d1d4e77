/** The plugins that know nothing of Kubernetes: cache, hosts, forward, rewrite, loadbalance, errors, log, whoami. */
import { bodyJson, type DnsRecord, type DnsResponse, dnsQuery, NetError } from '#engine/http';
import { OsError, type Process, print } from '#engine/os';
import type { Millis } from '#engine/sim';
import { CorefileError, type PluginConfig } from './corefile.ts';
import { type DnsPlugin, type Question, SERVFAIL } from './plugin.ts';

const MAX_CACHE_ENTRIES = 9984;
const FORWARD_TIMEOUT_MS = 5000;
const CACHED_TYPES_SECONDS = { success: 3600, denial: 1800 };

/** @upstream plugin/cache (coredns) */
export function cachePlugin(process: Process, config: PluginConfig): DnsPlugin {
  const seconds = Number(config.args.find((arg) => /^\d+$/.test(arg)) ?? Number.NaN);
  const caps = Number.isNaN(seconds) ? CACHED_TYPES_SECONDS : { success: seconds, denial: seconds };
  const disabled = config.body.filter(([name]) => name === 'disable');
  const entries = new Map<
    string,
    { readonly response: DnsResponse; readonly storedAt: Millis; readonly expires: Millis }
  >();
  const isDisabled = (kind: 'success' | 'denial', name: string) =>
    disabled.some(
      ([, which, ...zones]) =>
        which === kind && (zones.length === 0 || zones.some((zone) => name.endsWith(`${zone.replace(/\.$/, '')}.`))),
    );
  return {
    name: 'cache',
    async answer(question, next) {
      const key = `${question.type} ${question.name}`;
      const now = process.clock.now();
      const hit = entries.get(key);
      if (hit && hit.expires > now) return aged(hit.response, Math.floor((now - hit.storedAt) / 1000));
      const response = await next();
      const kind = response.answers.length > 0 ? 'success' : 'denial';
      if (!['NOERROR', 'NXDOMAIN'].includes(response.status) || isDisabled(kind, question.name)) return response;
      const ttl = Math.min(
        caps[kind],
        ...[...response.answers, ...(response.authority ?? [])].map(({ ttlSeconds }) => ttlSeconds),
      );
      entries.delete(key);
      if (entries.size >= MAX_CACHE_ENTRIES) entries.delete(entries.keys().next().value as string);
      const storedAt = process.clock.now();
      entries.set(key, { response, storedAt, expires: storedAt + ttl * 1000 });
      return response;
    },
  };
}

function aged(response: DnsResponse, seconds: number): DnsResponse {
  const older = (records: readonly DnsRecord[]) =>
    records.map((record) => ({ ...record, ttlSeconds: Math.max(0, record.ttlSeconds - seconds) }));
  return {
    ...response,
    answers: older(response.answers),
    ...(response.authority && { authority: older(response.authority) }),
  };
}

/** Inline entries and a file in the form of /etc/hosts. @upstream plugin/hosts (coredns) */
export function hostsPlugin(process: Process, config: PluginConfig): DnsPlugin {
  const options = new Set(['fallthrough', 'ttl', 'no_reverse', 'reload']);
  const inline = config.body.filter(([name]) => !options.has(name ?? ''));
  const through = config.body.some(([name]) => name === 'fallthrough');
  const ttlSeconds = Number(config.body.find(([name]) => name === 'ttl')?.[1] ?? 3600);
  const path = config.args[0] ?? '/etc/hosts';
  const lines = (): readonly (readonly string[])[] => {
    if (inline.length > 0 && config.args.length === 0) return inline;
    if (!process.fs.exists(path)) return inline;
    const text = new TextDecoder().decode(process.fs.readFile(path));
    return [...inline, ...text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))];
  };
  return {
    name: 'hosts',
    async answer(question, next) {
      const wanted = question.name.slice(0, -1);
      const known = lines()
        .filter(([, ...names]) => names.includes(wanted))
        .map(([address]) => address as string);
      const matching = known.filter((address) => (address.includes(':') ? 'AAAA' : 'A') === question.type);
      if (matching.length === 0 && (known.length === 0 || through)) return next();
      const answers = matching.map(
        (data): DnsRecord => ({ name: question.name, type: question.type, ttlSeconds, data }),
      );
      return { status: 'NOERROR', authoritative: true, answers };
    },
  };
}

/** @upstream plugin/forward (coredns) */
export function forwardPlugin(process: Process, config: PluginConfig): DnsPlugin {
  const [from = '.', ...to] = config.args;
  if (to.length === 0)
    throw new CorefileError(
      `Corefile:${config.line} - Error during parsing: Wrong argument count or unexpected line ending after '${from}'`,
    );
  const zone = from.replace(/\.$/, '');
  const except = config.body.filter(([name]) => name === 'except').flatMap(([, ...zones]) => zones);
  const upstreams = to.flatMap((target) =>
    target.startsWith('/') ? nameservers(process, target) : [authority(target)],
  );
  let turn = 0;
  const inside = (name: string, suffix: string) =>
    suffix === '' || name === `${suffix}.` || name.endsWith(`.${suffix}.`);
  return {
    name: 'forward',
    async answer(question, next) {
      if (!inside(question.name, zone) || except.some((suffix) => inside(question.name, suffix.replace(/\.$/, ''))))
        return next();
      let why = 'no upstream host';
      for (let i = 0; i < upstreams.length; i++) {
        const upstream = upstreams[turn++ % upstreams.length] as string;
        const answer = await ask(process, upstream, question);
        if (typeof answer === 'object') return answer;
        why = `read udp ${process.net.addresses[0]}:53->${upstream}: ${answer}`;
      }
      throw new NetError('ETIMEDOUT', why);
    },
  };
}

async function ask(process: Process, upstream: string, question: Question): Promise<DnsResponse | string> {
  const stop = new AbortController();
  const timer = process.clock.after(FORWARD_TIMEOUT_MS, 'coredns: forward', () => stop.abort());
  const gaveUp = new Promise<'i/o timeout'>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve('i/o timeout'), { once: true }),
  );
  const asked = async (): Promise<DnsResponse | string> => {
    try {
      const response = await process.net.fetch(dnsQuery(upstream, question.name, question.type, stop.signal));
      return response.status === 200 ? ((await bodyJson(response.body)) as DnsResponse) : SERVFAIL;
    } catch (error) {
      if (error instanceof NetError) return error.code === 'ECONNREFUSED' ? 'connection refused' : 'i/o timeout';
      throw error;
    }
  };
  const answer = await Promise.race([asked(), gaveUp]);
  timer.cancel();
  return answer;
}

function nameservers(process: Process, path: string): string[] {
  try {
    const text = new TextDecoder().decode(process.fs.readFile(path));
    return [...text.matchAll(/^nameserver\s+(\S+)/gm)].map((match) => authority(match[1] as string));
  } catch (error) {
    if (error instanceof OsError) throw new CorefileError(`plugin/forward: open ${path}: no such file or directory`);
    throw error;
  }
}

const authority = (target: string): string => {
  const bare = target.replace(/^(dns|tls):\/\//, '');
  if (/^\[.*\]:\d+$/.test(bare) || /^[^:]+:\d+$/.test(bare)) return bare;
  return bare.includes(':') ? `[${bare}]:53` : `${bare}:53`;
};

/** `rewrite [continue|stop] name [exact|prefix|suffix|substring|regex] from to`: the answer carries the asked name again. */
export function rewritePlugin(configs: readonly PluginConfig[]): DnsPlugin {
  const rules = configs.map(({ args, line }) => {
    const words = args[0] === 'continue' || args[0] === 'stop' ? args.slice(1) : args;
    const [field, ...rest] = words;
    if (field !== 'name')
      throw new CorefileError(`Corefile:${line} - Error during parsing: rewrite ${field} is not simulated by Podarium`);
    const kinds = ['exact', 'prefix', 'suffix', 'substring', 'regex'];
    const kind = kinds.includes(rest[0] ?? '') ? (rest[0] as string) : 'exact';
    const [from = '', to = ''] = kinds.includes(rest[0] ?? '') ? rest.slice(1) : rest;
    return { kind, from, to, regex: kind === 'regex' ? new RegExp(from) : undefined };
  });
  const rewritten = (name: string): string => {
    const dotted = (text: string) => (text.endsWith('.') ? text : `${text}.`);
    for (const { kind, from, to, regex } of rules) {
      if (kind === 'exact' && name === dotted(from)) return dotted(to);
      if (kind === 'prefix' && name.startsWith(from)) return to + name.slice(from.length);
      if (kind === 'suffix' && name.endsWith(dotted(from))) return name.slice(0, -dotted(from).length) + dotted(to);
      if (kind === 'substring' && name.includes(from)) return name.replace(from, to);
      const match = regex?.exec(name);
      if (match) return dotted(to.replace(/\{(\d+)\}/g, (_, index: string) => match[Number(index)] ?? ''));
    }
    return name;
  };
  return {
    name: 'rewrite',
    async answer(question, next) {
      const name = rewritten(question.name);
      if (name === question.name) return next();
      const response = await next({ ...question, name });
      return {
        ...response,
        answers: response.answers.map((record) => (record.name === name ? { ...record, name: question.name } : record)),
      };
    },
  };
}

/** Turns the addresses of an answer round, one step per query. @upstream plugin/loadbalance (coredns) */
export function loadbalancePlugin(): DnsPlugin {
  let turn = 0;
  return {
    name: 'loadbalance',
    async answer(_, next) {
      const response = await next();
      const addresses = response.answers.filter(({ type }) => type === 'A' || type === 'AAAA');
      if (addresses.length < 2) return response;
      const others = response.answers.filter(({ type }) => type !== 'A' && type !== 'AAAA');
      const start = turn++ % addresses.length;
      return { ...response, answers: [...others, ...addresses.slice(start), ...addresses.slice(0, start)] };
    },
  };
}

/** Logs failures and answers SERVFAIL instead. @upstream plugin/errors (coredns) */
export function errorsPlugin(process: Process): DnsPlugin {
  return {
    name: 'errors',
    async answer(question, next) {
      try {
        return await next();
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        await print(process.stdout, `[ERROR] plugin/errors: 2 ${question.name} ${question.type}: ${error.message}\n`);
        return SERVFAIL;
      }
    },
  };
}

/** One line per query. @upstream plugin/log (coredns) */
export function logPlugin(process: Process): DnsPlugin {
  return {
    name: 'log',
    async answer(question, next) {
      const start = process.clock.now();
      const response = await next();
      const flags = response.authoritative ? 'qr,aa,rd' : 'qr,rd,ra';
      const seconds = ((process.clock.now() - start) / 1000).toFixed(9);
      const size =
        40 + question.name.length + response.answers.reduce((sum, record) => sum + record.name.length + 14, 0);
      await print(
        process.stdout,
        `[INFO] ${question.client}:40000 - 1 "${question.type} IN ${question.name} udp ${question.name.length + 17} false 512" ${response.status} ${flags} ${size} ${seconds}s\n`,
      );
      return response;
    },
  };
}

/** Answers with the client's own address. */
export const whoamiPlugin: DnsPlugin = {
  name: 'whoami',
  answer: async (question) => ({
    status: 'NOERROR',
    authoritative: true,
    answers: [],
    additional: [
      { name: question.name, type: question.client.includes(':') ? 'AAAA' : 'A', ttlSeconds: 0, data: question.client },
    ],
  }),
};
