/** Everything that may come in from outside. An input is journaled with its instant; journal, seed and options replay the whole cluster. */
import type { Headers, Peer } from '#engine/http';
import type { PageRequest } from './page-request.ts';
import type { TerminalWindow } from './terminals.ts';

/** A frame as the journal keeps it: JSON as it is, bytes in base64, with their channel if they have one. */
export type RecordedFrame = { readonly json: unknown } | { readonly data: string; readonly channel?: number };

export type Input =
  /**
   * A request by a client outside the simulation (a real kubectl, the page). `id` names it in the inputs that follow it; `streams`: its
   * body comes in frames; `binary`: it is bytes, here in base64.
   */
  | {
      readonly type: 'http';
      readonly id?: number;
      readonly method: string;
      readonly url: string;
      readonly headers: Headers;
      readonly body?: string;
      readonly binary?: boolean;
      readonly streams?: 'json' | 'bytes' | 'channel';
      /** What the client's certificate says. */
      readonly certificate?: NonNullable<Peer['certificate']>;
    }
  /** A web browser at the workstation asks for something; see `requestPage`. */
  | ({ readonly type: 'fetch' } & PageRequest)
  /** Frames of the body of a request. */
  | { readonly type: 'http.frames'; readonly id: number; readonly frames: readonly RecordedFrame[] }
  /** The body of a request has ended. */
  | { readonly type: 'http.end'; readonly id: number }
  /** The client wants no more of the answer: `logs -f` was interrupted, a watch was closed. */
  | { readonly type: 'http.cancel'; readonly id: number }
  /** A command line typed at the learner's workstation; runs to its end or until interrupted. `id`, `stdin`: more inputs are to come. */
  | { readonly type: 'command'; readonly line: string; readonly id?: number; readonly stdin?: boolean }
  /** Bytes for the command's standard input, in base64. */
  | { readonly type: 'command.input'; readonly id: number; readonly data: string }
  | { readonly type: 'command.end'; readonly id: number }
  | { readonly type: 'command.interrupt'; readonly id: number }
  /** An interactive shell; `terminal` is the caller's name for it. `editor`: files can be edited beside it. */
  | ({ readonly type: 'terminal.open'; readonly terminal: string } & TerminalWindow)
  | { readonly type: 'terminal.input'; readonly terminal: string; readonly text: string }
  | { readonly type: 'terminal.resize'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'terminal.hangup'; readonly terminal: string }
  /** The editor writes a file of the workstation. */
  | { readonly type: 'file.saved'; readonly path: string; readonly text: string }
  /** The editor is done with a file that a program waits for: with the text to keep, or without one. See `OpenEdit`. */
  | { readonly type: 'editor.saved'; readonly edit: string; readonly text?: string }
  | { readonly type: 'fault'; readonly fault: Fault }
  /** The whole site lost power, and has it again: what a reload of the page is. Processes are gone, disks are not. */
  | { readonly type: 'power-cycle' };

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
  | { readonly do: 'image.available'; readonly image: string }
  /** One controller of the controller manager stops working, by upstream's name: `deployment-controller`. */
  | { readonly do: 'controller.pause'; readonly controller: string }
  | { readonly do: 'controller.resume'; readonly controller: string }
  /** The Node's clock shows so much more than the true time; 0 sets it right. */
  | { readonly do: 'clock.skew'; readonly node: string; readonly skewMs: number }
  /** Something fills the Node's disk: no image can be pulled, nothing can be written. */
  | { readonly do: 'disk.fill'; readonly node: string }
  | { readonly do: 'disk.free'; readonly node: string };
