import { Layers, Lessons, Network, Terminal, Timeline } from '../design/icons.tsx';

/** A picture for each pane, always beside or instead of its name. */
export const PANE_ICON = {
  lesson: <Lessons size={16} aria-hidden="true" />,
  explorer: <Layers size={16} aria-hidden="true" />,
  centre: <Network size={16} aria-hidden="true" />,
  terminal: <Terminal size={16} aria-hidden="true" />,
  timeline: <Timeline size={16} aria-hidden="true" />,
} as const;
