/** Tokens and primitives: what every pane is made of. Dialog and DataTable are heavy: panes that are loaded later import them by file. */
export { BarButton, Button, IconButton } from './Button.tsx';
export { KindMark } from './Kind.tsx';
export { Messages } from './Messages.tsx';
export { EmptyState, Panel, ScrollRegion, Skeleton } from './Panel.tsx';
export { Status, ToneShape } from './Status.tsx';
export { Tabs } from './Tabs.tsx';
export { type Tone, toneOfCell, toneOfCondition, toneOfFraction, toneOfStatus } from './tone.ts';
