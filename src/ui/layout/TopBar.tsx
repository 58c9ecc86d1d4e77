import { useMemo } from 'react';
import { nodes, pods } from '#engine/api';
import { type Speed, type Table, useClock, useClockControls, useClusterState, useTable } from '../cluster/index.ts';
import { Keyboard, Pause, Play, Step } from '../design/icons.tsx';
import { IconButton, Status, toneOfCell } from '../design/index.ts';
import { type Locale, type Theme, update, useSession, useWords } from '../session/index.ts';

const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 60, 300, 1000] as const;

export function TopBar({ onKeys }: { readonly onKeys: () => void }) {
  const say = useWords();
  const { state } = useClusterState();
  return (
    <header className="top-bar">
      <h1>
        <Logo />
        <span className="top-name">{say('appName')}</span>
      </h1>
      {state === 'ready' ? (
        <Health />
      ) : (
        <Status
          tone={state === 'failed' ? 'bad' : 'busy'}
          text={say(state === 'failed' ? 'clusterFailed' : 'clusterStarting')}
        />
      )}
      <p className="visually-hidden" role="status" data-testid="cluster-state">
        {say(state === 'ready' ? 'clusterReady' : state === 'failed' ? 'clusterFailed' : 'clusterStarting')}
      </p>
      <ClockBar />
      <Appearance />
      <IconButton label={`${say('keys')} (?)`} onClick={onKeys}>
        <Keyboard size={16} />
      </IconButton>
    </header>
  );
}

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" className="logo">
      <path
        d="M12 1.8 20.8 6.9v10.2L12 22.2 3.2 17.1V6.9z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <circle cx="8.6" cy="10" r="2" fill="currentColor" />
      <circle cx="15.4" cy="10" r="2" fill="currentColor" />
      <circle cx="12" cy="15.6" r="2" fill="currentColor" />
    </svg>
  );
}

function worstOf(tables: readonly Table[]): 'bad' | 'warn' | 'busy' | 'good' {
  const texts = new Set<string>();
  for (const { columns, rows } of tables) {
    const status = columns.findIndex(({ name }) => name === 'Status');
    for (const { cells } of rows) texts.add(String(cells[status] ?? ''));
  }
  const tones = new Set([...texts].map((text) => toneOfCell('Status', text)));
  return (['bad', 'warn', 'busy'] as const).find((one) => tones.has(one)) ?? 'good';
}

/** How many Nodes and Pods, and whether all of them are well. */
function Health() {
  const say = useWords();
  const nodeTable = useTable(nodes);
  const podTable = useTable(pods);
  const tone = useMemo(() => worstOf([nodeTable, podTable]), [nodeTable, podTable]);
  const words = { bad: 'healthBad', warn: 'healthWarn', busy: 'healthBusy', good: 'healthGood' } as const;
  return (
    <div className="health">
      <Status tone={tone} text={say(words[tone])} />
      <span className="quiet">
        {nodeTable.rows.length} {say('nodes')} · {podTable.rows.length} {say('pods')}
      </span>
    </div>
  );
}

function ClockBar() {
  const say = useWords();
  const clock = useClock();
  const controls = useClockControls();
  if (!clock) return <div className="clock-bar" />;
  const time = new Date(clock.now).toISOString();
  const onSpeed = (value: string) => controls.setSpeed(value === 'max' ? 'max' : (Number(value) as Speed));
  return (
    <fieldset className="clock-bar">
      <legend className="visually-hidden">{say('clock')}</legend>
      <time className="mono" dateTime={time} title={`${say('clockTime')} (UTC)`}>
        <span className="clock-date quiet">{time.slice(0, 10)} </span>
        {time.slice(11, 19)}
      </time>
      <IconButton
        label={say(clock.paused ? 'resume' : 'pause')}
        onClick={() => (clock.paused ? controls.resume() : controls.pause())}
      >
        {clock.paused ? <Play size={16} /> : <Pause size={16} />}
      </IconButton>
      <IconButton label={say('step')} onClick={() => controls.step()}>
        <Step size={16} />
      </IconButton>
      <select
        className="field"
        aria-label={say('speed')}
        value={String(clock.speed)}
        onChange={(event) => onSpeed(event.target.value)}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed}×
          </option>
        ))}
        <option value="max">{say('speedMax')}</option>
      </select>
    </fieldset>
  );
}

function Appearance() {
  const say = useWords();
  const theme = useSession((session) => session.theme);
  const locale = useSession((session) => session.locale);
  return (
    <div className="appearance">
      <select
        className="field"
        aria-label={say('theme')}
        value={theme}
        onChange={(event) => update({ theme: event.target.value as Theme })}
      >
        <option value="system">{say('themeSystem')}</option>
        <option value="light">{say('themeLight')}</option>
        <option value="dark">{say('themeDark')}</option>
        <option value="contrast">{say('themeContrast')}</option>
      </select>
      <select
        className="field"
        aria-label={`${say('language')} / Language`}
        value={locale}
        onChange={(event) => update({ locale: event.target.value as Locale })}
      >
        <option value="en" lang="en">
          English
        </option>
        <option value="zh" lang="zh-CN">
          简体中文
        </option>
      </select>
    </div>
  );
}
