/** The panes side by side, with separators to drag or to move by arrow keys; sizes are remembered. */
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels';
import { Panel as Panelled } from '../design/index.ts';
import { type Pane, update, useSession, useWords } from '../session/index.ts';
import { Centre } from './Centre.tsx';
import { ExplorerPane, InspectorPane, PaneFrame, PaneTools, TerminalPane } from './panes.tsx';

const remember = (group: string) => (layout: Layout) =>
  update({ layouts: { ...useSession.getState().layouts, [group]: layout } });
const rememberColumns = remember('columns');
const rememberRows = remember('rows');
const rememberLeft = remember('left');

export default function Columns() {
  const say = useWords();
  const hidden = useSession((session) => session.hidden);
  const maximised = useSession((session) => session.maximised);
  const layouts = useSession.getState().layouts;
  const shown = (pane: Pane) => (maximised ? maximised === pane : !hidden.includes(pane));
  const right = shown('centre') || shown('terminal');
  return (
    <Group
      className="workbench"
      orientation="horizontal"
      defaultLayout={layouts.columns}
      onLayoutChanged={rememberColumns}
    >
      {shown('explorer') && (
        <Panel id="left" defaultSize={right ? '40%' : '100%'} minSize="16rem">
          <LeftPane />
        </Panel>
      )}
      {shown('explorer') && right && (
        <Separator className="separator" aria-label={say('resizePanes', { pane: say('explorer') })} />
      )}
      {right && (
        <Panel id="right" minSize="20rem">
          <Group
            className="workbench"
            orientation="vertical"
            defaultLayout={layouts.rows}
            onLayoutChanged={rememberRows}
          >
            {shown('centre') && (
              <Panel id="centre" minSize="6rem">
                <PaneFrame pane="centre">
                  <Centre tools={<PaneTools pane="centre" />} />
                </PaneFrame>
              </Panel>
            )}
            {shown('centre') && shown('terminal') && (
              <Separator className="separator" aria-label={say('resizePanes', { pane: say('terminal') })} />
            )}
            {shown('terminal') && (
              <Panel id="terminal" defaultSize={shown('centre') ? '40%' : '100%'} minSize="6rem">
                <PaneFrame pane="terminal">
                  <TerminalPane tools={<PaneTools pane="terminal" />} />
                </PaneFrame>
              </Panel>
            )}
          </Group>
        </Panel>
      )}
    </Group>
  );
}

function LeftPane() {
  const say = useWords();
  const selected = useSession((session) => session.selected);
  const layouts = useSession.getState().layouts;
  return (
    <PaneFrame pane="explorer">
      <Panelled title={say('explorer')} tools={<PaneTools pane="explorer" />}>
        <Group className="workbench" orientation="vertical" defaultLayout={layouts.left} onLayoutChanged={rememberLeft}>
          <Panel id="explorer" minSize="8rem">
            <ExplorerPane />
          </Panel>
          {selected && <Separator className="separator" aria-label={say('resizePanes', { pane: say('inspector') })} />}
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
