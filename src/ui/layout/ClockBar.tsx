import { type Speed, useClock, useClockControls } from '../cluster/index.ts';
import { Pause, Play, Step } from '../design/icons.tsx';
import { IconButton } from '../design/index.ts';
import { useSession, useWords } from '../session/index.ts';
import { SPEEDS, speedText } from './speeds.ts';

/** Time in the cluster, and how fast it goes. */
export function ClockBar() {
  const say = useWords();
  const locale = useSession((session) => session.locale);
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
          <option key={String(speed)} value={String(speed)}>
            {speedText(speed, locale)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}
