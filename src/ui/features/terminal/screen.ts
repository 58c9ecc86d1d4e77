/** One xterm with one shell behind it. Lives outside React: hiding or moving the pane must not end the shell. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITheme, Terminal } from '@xterm/xterm';
import type { ScreenMessage, TerminalMessage } from '../../../workers/protocol.ts';
import type { Engine } from '../../cluster/index.ts';
import { settledForCommand } from '../../session/index.ts';
import { Keystrokes } from './keystrokes.ts';
import { ResourceLinks } from './links/provider.ts';
import type { Resolver } from './links/resolve.ts';
import { Touches } from './links/touches.ts';
import { screenTheme } from './theme.ts';

/** What a screen asks of the pane around it: the latest holds. */
export interface ScreenHost {
  readonly failed: (error: string) => string;
  readonly ended: (code: number) => string;
  readonly resolver: Resolver | undefined;
  readonly openAddress: (url: string) => void;
  readonly search: () => void;
}

export interface ScreenOptions {
  /** Printed before the shell says anything. */
  readonly greeting: Promise<string>;
  readonly fontSize: number;
}

export class Screen {
  readonly element = document.createElement('div');
  readonly term: Terminal;
  readonly search = new SearchAddon();
  readonly keystrokes: Keystrokes;
  private readonly fit = new FitAddon();
  private readonly touches: Touches;
  private port: MessagePort | undefined;
  private queued: string[] = [];
  private ready = false;
  /** A shell is being started: what is typed waits for its prompt. */
  private opening = true;

  constructor(
    private readonly engine: Engine,
    public host: ScreenHost,
    { greeting, fontSize }: ScreenOptions,
  ) {
    this.element.className = 'screen';
    this.term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
      fontSize,
      lineHeight: 1.2,
      scrollback: 5000,
      minimumContrastRatio: 4.5,
      theme: screenTheme(),
    });
    this.touches = new Touches(() => this.host.resolver);
    this.keystrokes = new Keystrokes(
      (data) => this.post(data),
      () => settledForCommand(),
    );
    this.loadAddons();
    this.term.onData((data) => this.send(data));
    this.term.onResize(({ cols, rows }) => this.post({ columns: cols, rows }));
    this.term.attachCustomKeyEventHandler((event) => this.onKey(event));
    const begin = (text: string) => {
      this.term.write(text);
      this.connect();
    };
    greeting.then(begin, () => begin(''));
  }

  private loadAddons(): void {
    const { term } = this;
    term.loadAddon(this.fit);
    term.loadAddon(this.search);
    term.loadAddon(new WebLinksAddon((_event, url) => this.host.openAddress(url)));
    term.loadAddon(new UnicodeGraphemesAddon());
    term.unicode.activeVersion = '15-graphemes';
    term.registerLinkProvider(new ResourceLinks(term, () => this.host.resolver));
    // Programs may not name the window, nor ask what is in it.
    term.parser.registerOscHandler(52, () => true);
  }

  /** Shows the screen in `parent`; returns what takes it away again. */
  attach(parent: HTMLElement): () => void {
    parent.append(this.element);
    if (!this.term.element) this.term.open(this.element);
    this.resize();
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(parent);
    return () => {
      observer.disconnect();
      this.element.remove();
    };
  }

  /** Types a line, with Enter unless told otherwise; waits until the shell has printed its prompt. */
  type(line: string, enter = true): void {
    const text = enter ? `${line}\r` : line;
    if (this.port && this.ready) this.send(text);
    else this.queued.push(text);
  }

  /** A key of the key bar. */
  press(sequence: string): void {
    this.send(sequence);
    this.focus();
  }

  paste(text: string): void {
    this.term.paste(text);
    this.focus();
  }

  copy(): void {
    navigator.clipboard.writeText(this.term.getSelection()).catch(() => undefined);
  }

  set theme(theme: ITheme) {
    this.term.options.theme = theme;
  }

  set screenReader(on: boolean) {
    this.term.options.screenReaderMode = on;
  }

  set fontSize(size: number) {
    if (this.term.options.fontSize === size) return;
    this.term.options.fontSize = size;
    this.resize();
  }

  focus(): void {
    this.term.focus();
  }

  dispose(): void {
    this.post({ hangup: true });
    this.port?.close();
    this.term.dispose();
    this.element.remove();
  }

  private resize(): void {
    if (this.element.clientHeight > 0) this.fit.fit();
  }

  private connect(): void {
    this.opening = true;
    const { cols: columns, rows } = this.term;
    this.engine.openTerminal({ columns, rows }).then(
      (port) => this.listen(port),
      (error: unknown) => {
        this.opening = false;
        this.term.writeln(this.host.failed(String(error)));
      },
    );
  }

  private listen(port: MessagePort): void {
    this.port = port;
    this.opening = false;
    port.onmessage = ({ data }: MessageEvent<ScreenMessage>) => {
      if (data instanceof Uint8Array) {
        this.show(data);
        return;
      }
      port.close();
      this.port = undefined;
      this.ready = false;
      this.term.writeln(`\r\n\x1b[90m${this.host.ended(data.exit)}\x1b[0m`);
    };
    const { cols: columns, rows } = this.term;
    this.post({ columns, rows });
  }

  private show(bytes: Uint8Array): void {
    this.touches.see(bytes);
    this.term.write(bytes, () => {
      this.post({ shown: bytes.length });
      this.prompted();
    });
  }

  private prompted(): void {
    this.ready = true;
    for (const text of this.queued.splice(0)) this.send(text);
  }

  private post(message: TerminalMessage): void {
    this.port?.postMessage(message);
  }

  private send(data: string): void {
    if (this.port) this.keystrokes.send(data);
    else if (this.opening) this.queued.push(data);
    else if (data === '\r') this.connect();
  }

  /** True for keys that belong to the shell. */
  private onKey(event: KeyboardEvent): boolean {
    if (event.key === 'F1' || event.key === 'F6' || (event.altKey && event.code.startsWith('Digit'))) return false;
    if (event.type !== 'keydown') return true;
    const control = event.ctrlKey || event.metaKey;
    const shifted = control && event.shiftKey;
    if (shifted && event.code === 'KeyF') {
      event.preventDefault();
      this.host.search();
      return false;
    }
    if (control && event.code === 'KeyC' && (this.term.hasSelection() || event.shiftKey)) {
      event.preventDefault();
      this.copy();
      this.term.clearSelection();
      return false;
    }
    // The browser pastes by itself: xterm hears of it as text.
    return !(control && event.code === 'KeyV') && !(event.shiftKey && event.key === 'Insert');
  }
}
