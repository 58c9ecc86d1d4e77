/** Everything that may come in from outside. An input is journaled with its instant; journal, seed and options replay the whole cluster. */
import type { Headers } from '#engine/http';
import type { PageRequest } from './page-request.ts';

export type Input =
  /** A request by a client outside the simulation (a real kubectl, the page). Text and bytes only: what can be replayed. */
  | {
      readonly type: 'http';
      readonly method: string;
      readonly url: string;
      readonly headers: Headers;
      readonly body?: string;
    }
  /** A web browser at the workstation asks for something; see `requestPage`. */
  | ({ readonly type: 'fetch' } & PageRequest)
  /** A command line typed at the learner's workstation; runs to its end or until interrupted. */
  | { readonly type: 'command'; readonly line: string }
  /** An interactive shell; `terminal` is the caller's name for it. */
  | { readonly type: 'terminal.open'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'terminal.input'; readonly terminal: string; readonly text: string }
  | { readonly type: 'terminal.resize'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'terminal.hangup'; readonly terminal: string }
  | { readonly type: 'fault'; readonly fault: Fault };

/** What can be broken, and mended again. Parties of a link: a Node's name, `pod:<namespace>/<name>`, `workstation`, or `*`. */
export type Fault =
  | { readonly do: 'node.crash'; readonly node: string }
  | { readonly do: 'node.recover'; readonly node: string }
  | { readonly do: 'node.add'; readonly node: string }
  | { readonly do: 'node.remove'; readonly node: string }
  | { readonly do: 'container.kill'; readonly namespace: string; readonly pod: string; readonly container?: string }
  | { readonly do: 'link.cut'; readonly between: readonly [string, string] }
  | { readonly do: 'link.slow'; readonly between: readonly [string, string]; readonly extraMs: number }
  | { readonly do: 'link.lose'; readonly between: readonly [string, string]; readonly probability: number }
  | { readonly do: 'link.heal'; readonly between: readonly [string, string] }
  | { readonly do: 'image.unavailable'; readonly image: string }
  | { readonly do: 'image.available'; readonly image: string };
