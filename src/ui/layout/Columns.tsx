/** The panes side by side, with separators to drag or to move by arrow keys; sizes are remembered. */
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels';
import { Panel as Panelled } from '../design/index.ts';
import { type Pane, update, useSession, useWords } from '../session/index.ts';
import { Centre } from './Centre.tsx';
import { PANES } from './features.tsx';
import {
  ExplorerPane,
  InspectorPane,
  LessonPane,
  PaneFrame,
  PaneTools,
  TerminalPane,
  TimelinePane,
  WORD,
} from './panes.tsx';

const remember = (group: string) => (layout: Layout) => {
  const { layouts } = useSession.getState();
  update({ layouts: { ...layouts, [keyOf(group, Object.keys(layout))]: layout } });
};
const rememberPage = remember('page');
const rememberColumns = remember('columns');
const rememberRows = remember('rows');
const rememberLeft = remember('left');

/** Sizes are kept for each set of panes on show. */
const keyOf = (group: string, panels: readonly string[]) => `${group}:${[...panels].sort().join('+')}`;
const rememberedOf = (group: string, panels: readonly (string | false)[]): Layout | undefined =>
  useSession.getState().layouts[
    keyOf(
      group,
      panels.filter((panel) => panel !== false),
    )
  ];

function useShown(): (pane: Pane) => boolean {
  const hidden = useSession((session) => session.hidden);
  const maximised = useSession((session) => session.maximised);
  return (pane) => PANES.includes(pane) && (maximised ? maximised === pane : !hidden.includes(pane));
}

/** Between two panes; named after the one it makes larger or smaller. */
function Between({ pane }: { readonly pane: Pane | 'inspector' }) {
  const say = useWords();
  const name = pane === 'inspector' ? say('inspector') : say(WORD[pane]);
  return <Separator className="separator" aria-label={say('resizePanes', { pane: name })} />;
}

export default function Columns() {
  const shown = useShown();
  const right = shown('centre') || shown('terminal');
  const work = shown('lesson') || shown('explorer') || right;
  const timeline = shown('timeline');
  return (
    <Group
      className="workbench"
      orientation="vertical"
      defaultLayout={rememberedOf('page', [work && 'work', timeline && 'timeline'])}
      onLayoutChanged={rememberPage}
    >
      {work && (
        <Panel id="work" minSize="10rem">
          <Work />
        </Panel>
      )}
      {work && timeline && <Between pane="timeline" />}
      {timeline && (
        <Panel
          id="timeline"
          defaultSize={work ? '5.5rem' : '100%'}
          minSize="3rem"
          groupResizeBehavior="preserve-pixel-size"
        >
          <PaneFrame pane="timeline">
            <TimelinePane />
            <div className="floating-tools">
              <PaneTools pane="timeline" />
            </div>
          </PaneFrame>
        </Panel>
      )}
    </Group>
  );
}

/** Lesson, explorer, and what is worked with. */
function Work() {
  const shown = useShown();
  const [lesson, explorer] = [shown('lesson'), shown('explorer')];
  const right = shown('centre') || shown('terminal');
  return (
    <Group
      className="workbench"
      orientation="horizontal"
      defaultLayout={rememberedOf('columns', [lesson && 'lesson', explorer && 'left', right && 'right'])}
      onLayoutChanged={rememberColumns}
    >
      {lesson && (
        <Panel id="lesson" defaultSize={explorer || right ? '26%' : '100%'} minSize="16rem">
          <PaneFrame pane="lesson">
            <LessonTitled />
          </PaneFrame>
        </Panel>
      )}
      {lesson && (explorer || right) && <Between pane="lesson" />}
      {explorer && (
        <Panel id="left" defaultSize={right ? (lesson ? '30%' : '41%') : '100%'} minSize="16rem">
          <LeftPane />
        </Panel>
      )}
      {explorer && right && <Between pane="explorer" />}
      {right && (
        <Panel id="right" minSize="20rem">
          <RightPanes centre={shown('centre')} terminal={shown('terminal')} />
        </Panel>
      )}
    </Group>
  );
}

function LessonTitled() {
  const say = useWords();
  return (
    <Panelled title={say('lessons')} tools={<PaneTools pane="lesson" />}>
      <LessonPane />
    </Panelled>
  );
}

function RightPanes({ centre, terminal }: { readonly centre: boolean; readonly terminal: boolean }) {
  return (
    <Group
      className="workbench"
      orientation="vertical"
      defaultLayout={rememberedOf('rows', [centre && 'centre', terminal && 'terminal'])}
      onLayoutChanged={rememberRows}
    >
      {centre && (
        <Panel id="centre" minSize="6rem">
          <PaneFrame pane="centre">
            <Centre tools={<PaneTools pane="centre" />} />
          </PaneFrame>
        </Panel>
      )}
      {centre && terminal && <Between pane="terminal" />}
      {terminal && (
        <Panel id="terminal" defaultSize={centre ? '40%' : '100%'} minSize="6rem">
          <PaneFrame pane="terminal">
            <TerminalPane tools={<PaneTools pane="terminal" />} />
          </PaneFrame>
        </Panel>
      )}
    </Group>
  );
}

function LeftPane() {
  const say = useWords();
  const selected = useSession((session) => session.selected);
  return (
    <PaneFrame pane="explorer">
      <Panelled title={say('explorer')} tools={<PaneTools pane="explorer" />}>
        <Group
          className="workbench"
          orientation="vertical"
          defaultLayout={rememberedOf('left', ['explorer', selected !== undefined && 'inspector'])}
          onLayoutChanged={rememberLeft}
        >
          <Panel id="explorer" minSize="8rem">
            <ExplorerPane />
          </Panel>
          {selected && <Between pane="inspector" />}
          {selected && (
            <Panel id="inspector" defaultSize="55%" minSize="10rem">
              <InspectorPane />
            </Panel>
          )}
        </Group>
      </Panelled>
    </PaneFrame>
  );
}
