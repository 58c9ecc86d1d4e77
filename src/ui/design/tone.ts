/** Which words of Kubernetes are good news. Colours and shapes follow from the tone, never the other way round. */

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

const WORDS: { readonly [word: string]: Tone } = {
  Running: 'good',
  Ready: 'good',
  Active: 'good',
  Bound: 'good',
  Available: 'good',
  Healthy: 'good',
  Normal: 'idle',
  Succeeded: 'idle',
  Completed: 'idle',
  Complete: 'idle',
  Released: 'idle',
  Pending: 'busy',
  ContainerCreating: 'busy',
  PodInitializing: 'busy',
  Terminating: 'busy',
  Progressing: 'busy',
  Warning: 'warn',
  SchedulingDisabled: 'warn',
  Suspended: 'warn',
  NotReady: 'bad',
  Unknown: 'bad',
  Failed: 'bad',
  Error: 'bad',
  Evicted: 'bad',
  OOMKilled: 'bad',
  CrashLoopBackOff: 'bad',
  ImagePullBackOff: 'bad',
  ErrImagePull: 'bad',
  ErrImageNeverPull: 'bad',
  InvalidImageName: 'bad',
  CreateContainerConfigError: 'bad',
  CreateContainerError: 'bad',
  RunContainerError: 'bad',
  ContainerCannotRun: 'bad',
  DeadlineExceeded: 'bad',
  NodeLost: 'bad',
  Lost: 'bad',
};

/** The tone of a status as `kubectl get` prints it: `Running`, `Init:0/1`, `Ready,SchedulingDisabled`. */
export function toneOfStatus(text: string): Tone | undefined {
  const whole = WORDS[text];
  if (whole) return whole;
  if (text.includes(',')) {
    const tones = text.split(',').map((part) => WORDS[part] ?? 'idle');
    return (['bad', 'warn', 'busy', 'good'] as const).find((tone) => tones.includes(tone)) ?? 'idle';
  }
  if (text.startsWith('Init:')) return /^Init:\d/.test(text) ? 'busy' : 'bad';
  return undefined;
}

/** The tone of `2/3`. */
export function toneOfFraction(text: string): Tone | undefined {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (!match) return undefined;
  return match[1] === match[2] ? (match[2] === '0' ? 'idle' : 'good') : 'busy';
}

const STATUS_COLUMNS = new Set(['Status', 'Phase', 'State', 'Type']);

/** The tone of one cell of a printed table, where it has one. */
export function toneOfCell(column: string, text: string): Tone | undefined {
  if (STATUS_COLUMNS.has(column)) return toneOfStatus(text);
  return column === 'Ready' || column === 'Completions' ? toneOfFraction(text) : undefined;
}

/** The tone of a condition: most are good when True; those that name trouble are good when False. */
export function toneOfCondition(type: string, status: string): Tone {
  if (status === 'Unknown') return 'warn';
  const trouble = /Pressure$|Unavailable$|Failure$|^Failed|Failing|DisruptionTarget|Problem/.test(type);
  return (status === 'True') === trouble ? (trouble ? 'bad' : 'warn') : 'good';
}
