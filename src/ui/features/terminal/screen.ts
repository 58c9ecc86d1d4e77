/** One xterm with one shell behind it. Lives outside React: hiding or moving the pane must not end the shell. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITheme, Terminal } from '@xterm/xterm';
import type { ScreenMessage } from '../../../workers/protocol.ts';
import type { Engine } from '../../cluster/index.ts';
import type { Say } from '../../session/index.ts';
import { screenTheme } from './theme.ts';

export class Screen {
  readonly element = document.createElement('div');
  readonly term: Terminal;
  readonly search = new SearchAddon();
  private readonly fit = new FitAddon();
  private port: MessagePort | undefined;
  private queued: string[] = [];
  private ready = false;

  constructor(
    private readonly engine: Engine,
    private readonly say: Say,
    greeting: string,
  ) {
    this.element.className = 'screen';
    this.term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
      fontSize: 13,
      lineHeight: 1.2,
      scrollback: 5000,
      minimumContrastRatio: 4.5,
      theme: screenTheme(),
    });
    this.term.loadAddon(this.fit);
    this.term.loadAddon(this.search);
    this.term.loadAddon(new WebLinksAddon());
    this.term.loadAddon(new UnicodeGraphemesAddon());
    this.term.unicode.activeVersion = '15-graphemes';
    this.term.onData((data) => this.send(data));
    this.term.onResize(({ cols, rows }) => this.port?.postMessage({ columns: cols, rows }));
    this.term.attachCustomKeyEventHandler((event) => this.onKey(event));
    if (greeting) this.term.write(greeting);
    this.connect();
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

  /** Types a line with Enter; waits until the shell has printed its prompt. */
  type(line: string): void {
    const text = `${line}\r`;
    if (this.port && this.ready) this.send(text);
    else this.queued.push(text);
  }

  set theme(theme: ITheme) {
    this.term.options.theme = theme;
  }

  set screenReader(on: boolean) {
    this.term.options.screenReaderMode = on;
  }

  focus(): void {
    this.term.focus();
  }

  dispose(): void {
    this.port?.postMessage({ hangup: true });
    this.port?.close();
    this.term.dispose();
    this.element.remove();
  }

  private resize(): void {
    if (this.element.clientHeight > 0) this.fit.fit();
  }

  private connect(): void {
    const { cols: columns, rows } = this.term;
    this.engine.openTerminal({ columns, rows }).then(
      (port) => this.listen(port),
      (error: unknown) => this.term.writeln(this.say('terminalFailed', { error: String(error) })),
    );
  }

  private listen(port: MessagePort): void {
    this.port = port;
    port.onmessage = ({ data }: MessageEvent<ScreenMessage>) => {
      if (data instanceof Uint8Array) {
        this.term.write(data, () => this.prompted());
        return;
      }
      port.close();
      this.port = undefined;
      this.ready = false;
      this.term.writeln(`\r\n\x1b[90m${this.say('terminalEnded', { code: data.exit })}\x1b[0m`);
    };
    const { cols: columns, rows } = this.term;
    port.postMessage({ columns, rows });
  }

  private prompted(): void {
    this.ready = true;
    for (const text of this.queued.splice(0)) this.send(text);
  }

  private send(data: string): void {
    if (this.port) this.port.postMessage(data);
    else if (data === '\r') this.connect();
  }

  /** True for keys that belong to the shell. */
  private onKey(event: KeyboardEvent): boolean {
    if (event.key === 'F6' || (event.altKey && event.code.startsWith('Digit'))) return false;
    if (event.type !== 'keydown') return true;
    const control = event.ctrlKey || event.metaKey;
    const copies = control && event.code === 'KeyC' && this.term.hasSelection();
    if (copies) {
      navigator.clipboard.writeText(this.term.getSelection()).catch(() => undefined);
      this.term.clearSelection();
      event.preventDefault();
      return false;
    }
    // The browser pastes by itself: xterm hears of it as text.
    return !(control && event.code === 'KeyV') && !(event.ctrlKey && event.shiftKey && event.code === 'KeyC');
  }
}
