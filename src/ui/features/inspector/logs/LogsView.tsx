/** What the containers of a Pod print. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { KubeObject } from '#engine/apimachinery';
import { Button, ScrollRegion } from '../../../design/index.ts';
import { useWords } from '../../../session/index.ts';
import { containersOf } from '../loose.ts';
import { useInspectorWords } from '../words/use-words.ts';
import { plainText, spansOf } from './ansi.ts';
import type { LogLine } from './lines.ts';
import { useLogs } from './use-logs.ts';
import './logs.css';

const SINCE_MINUTES = [1, 5, 15, 60];
/** Near enough to the end to stay there. */
const END_PX = 24;

interface Options {
  readonly container: string;
  readonly previous: boolean;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly wrap: boolean;
  readonly minutes: number;
  readonly search: string;
}

export function LogsView({ pod }: { readonly pod: KubeObject }) {
  const words = useWords();
  const containers = containersOf(pod);
  const [options, setOptions] = useState<Options>({
    container: containers.at(-1) ?? '',
    previous: false,
    follow: true,
    timestamps: false,
    wrap: true,
    minutes: 0,
    search: '',
  });
  const { namespace = '', name } = pod.metadata;
  const chosen = options.container === '' ? containers : [options.container];
  const { lines, dropped, error } = useLogs({
    namespace,
    pod: name,
    containers: chosen,
    previous: options.previous,
    follow: options.follow,
    sinceSeconds: options.minutes === 0 ? undefined : options.minutes * 60,
  });
  const scroll = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const onScroll = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, []);
  useEffect(() => {
    const element = scroll.current;
    if (element && lines.length > 0 && options.follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, options.follow]);
  const download = () => save(`${name}.log`, lines, chosen.length > 1);
  return (
    <div className="logs">
      <LogsBar
        containers={containers}
        options={options}
        matches={useMatches(lines, options.search)}
        onChange={(part) => setOptions({ ...options, ...part })}
        onDownload={download}
      />
      <ScrollRegion label={words('logs')} scroller={scroll}>
        <LogText lines={lines} options={options} several={chosen.length > 1} dropped={dropped} />
        {error !== undefined && <p lang="en">{error}</p>}
      </ScrollRegion>
    </div>
  );
}

function useMatches(lines: readonly LogLine[], search: string): number | undefined {
  return useMemo(() => {
    if (search === '') return undefined;
    const wanted = search.toLowerCase();
    return lines.filter(({ text }) => plainText(text).toLowerCase().includes(wanted)).length;
  }, [lines, search]);
}

interface BarProps {
  readonly containers: readonly string[];
  readonly options: Options;
  readonly matches: number | undefined;
  readonly onChange: (part: Partial<Options>) => void;
  readonly onDownload: () => void;
}

function LogsBar({ containers, options, matches, onChange, onDownload }: BarProps) {
  const say = useInspectorWords();
  const words = useWords();
  const box = (key: 'follow' | 'previous' | 'timestamps' | 'wrap', label: string) => (
    <label className="check">
      <input
        type="checkbox"
        checked={options[key]}
        onChange={(event) => onChange({ [key]: event.target.checked } as Partial<Options>)}
      />
      {label}
    </label>
  );
  return (
    <div className="field-bar logs-bar">
      <select
        className="field"
        aria-label={words('container')}
        value={options.container}
        onChange={(event) => onChange({ container: event.target.value })}
      >
        {containers.map((one) => (
          <option key={one}>{one}</option>
        ))}
        {containers.length > 1 && <option value="">{say('allContainers')}</option>}
      </select>
      <select
        className="field"
        aria-label={say('sinceAll')}
        value={options.minutes}
        onChange={(event) => onChange({ minutes: Number(event.target.value) })}
      >
        <option value={0}>{say('sinceAll')}</option>
        {SINCE_MINUTES.map((count) => (
          <option key={count} value={count}>
            {say('sinceMinutes', { count })}
          </option>
        ))}
      </select>
      <input
        className="field"
        type="search"
        aria-label={say('findInLogs')}
        placeholder={say('findInLogs')}
        value={options.search}
        onChange={(event) => onChange({ search: event.target.value })}
      />
      <span className="quiet" role="status">
        {matches !== undefined && say('matches', { count: matches })}
      </span>
      <span className="logs-checks">
        {box('follow', say('follow'))}
        {box('previous', words('previous'))}
        {box('timestamps', say('timestamps'))}
        {box('wrap', say('wrap'))}
        <Button onClick={onDownload}>{say('download')}</Button>
      </span>
    </div>
  );
}

interface TextProps {
  readonly lines: readonly LogLine[];
  readonly options: Options;
  readonly several: boolean;
  readonly dropped: boolean;
}

function LogText({ lines, options: { search, timestamps, wrap }, several, dropped }: TextProps) {
  const say = useInspectorWords();
  const words = useWords();
  const wanted = search.toLowerCase();
  const shown = wanted === '' ? lines : lines.filter(({ text }) => plainText(text).toLowerCase().includes(wanted));
  if (lines.length === 0) return <p className="quiet">{words('noLogs')}</p>;
  return (
    <>
      {dropped && <p className="quiet">{say('older')}</p>}
      <pre data-wrap={wrap || undefined}>
        {shown.map((line) => (
          <div key={line.id}>
            {timestamps && <span className="quiet">{line.at.slice(0, 23)} </span>}
            {several && <span className="log-container">{line.container} </span>}
            <LogSpans line={line.text} wanted={wanted} />
          </div>
        ))}
      </pre>
    </>
  );
}

function LogSpans({ line, wanted }: { readonly line: string; readonly wanted: string }) {
  let offset = 0;
  return spansOf(line).map(({ text, colour, bold }) => {
    offset += text.length;
    return (
      <span key={offset} data-colour={colour} data-bold={bold}>
        {marked(text, wanted)}
      </span>
    );
  });
}

/** Finds of a search, marked. */
function marked(text: string, wanted: string): ReactNode {
  if (wanted === '') return text;
  const parts: ReactNode[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** As a file, without colours. */
function save(name: string, lines: readonly LogLine[], several: boolean): void {
  const text = lines.map(
    ({ at, container, text: line }) => `${at} ${several ? `${container} ` : ''}${plainText(line)}\n`,
  );
  const url = URL.createObjectURL(new Blob(text, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
