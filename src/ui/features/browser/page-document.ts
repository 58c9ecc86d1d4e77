/**
 * A page of the simulation as a document that can do nothing: no script, no address outside, no element that would fetch one.
 * Its style sheets and pictures come through the simulation and travel inside of it. The frame's sandbox and the policy are the
 * second and the third wall: whatever slipped through here could still neither run nor fetch.
 */
import { toBase64 } from '#engine/sim';
import { resolveLink } from './address.ts';

/** Reads a style sheet or a picture of the simulation; undefined when it cannot be had. */
export type ReadResource = (
  url: string,
  as: 'style' | 'image',
) => Promise<{ readonly contentType: string; readonly body: Uint8Array } | undefined>;

export interface PageDocument {
  readonly html: string;
  readonly title: string;
  /** Scripts that were left out. */
  readonly scripts: number;
}

/** Where a link leads, for whoever follows it: the frame itself has no addresses. */
export const LINK = 'data-podarium-link';
export const ACTION = 'data-podarium-action';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";

const FORBIDDEN =
  'script, iframe, frame, frameset, object, embed, applet, base, meta, portal, fencedframe, template, ' +
  'animate, set, animatemotion, animatetransform, video, audio, source, track, foreignobject';

/** Attributes that fetch, navigate or run. `style` stays, without addresses. */
const LOADING =
  /^(on.*|src|srcset|srcdoc|href|xlink:href|action|formaction|background|poster|data|ping|manifest|target|formtarget|integrity|lowsrc|dynsrc|is|slot|autofocus|http-equiv)$/i;

const MAX_RESOURCES = 60;
const MAX_RESOURCE_BYTES = 8_000_000;
/** How long the page waits for what belongs to it, wall ms. */
const PATIENCE_MS = 4000;
const MAX_ELEMENTS = 50_000;

/** @param url where the page came from */
export async function makeDocument(text: string, url: string, read: ReadResource): Promise<PageDocument> {
  const page = new DOMParser().parseFromString(text, 'text/html');
  const base = resolveLink(page.querySelector('base')?.getAttribute('href') ?? '', url) ?? url;
  const scripts = page.querySelectorAll('script').length;
  const title = page.title.slice(0, 300);
  const resources = new Resources(read, base);
  for (const link of page.querySelectorAll('link')) styleSheet(page, link, resources);
  for (const forbidden of page.querySelectorAll(FORBIDDEN)) forbidden.remove();
  const elements = [...page.querySelectorAll('*')];
  for (const element of elements.slice(MAX_ELEMENTS)) element.remove();
  for (const element of elements.slice(0, MAX_ELEMENTS)) disarm(element, base, resources);
  await resources.settled();
  const policy = page.createElement('meta');
  policy.setAttribute('http-equiv', 'Content-Security-Policy');
  policy.setAttribute('content', POLICY);
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  page.head.prepend(charset, policy);
  return { html: `<!doctype html>${page.documentElement.outerHTML}`, title, scripts };
}

function styleSheet(page: Document, link: Element, resources: Resources): void {
  const href = link.getAttribute('href');
  const wanted = /(^|\s)stylesheet(\s|$)/i.test(link.getAttribute('rel') ?? '');
  if (!wanted || href === null) {
    link.remove();
    return;
  }
  const style = page.createElement('style');
  const media = link.getAttribute('media');
  if (media !== null) style.setAttribute('media', media);
  link.replaceWith(style);
  resources.style(href, (css) => {
    style.textContent = css;
  });
}

function disarm(element: Element, base: string, resources: Resources): void {
  const kept = {
    href: element.getAttribute('href') ?? element.getAttribute('xlink:href'),
    src: element.getAttribute('src'),
  };
  const form = { action: element.getAttribute('action'), formaction: element.getAttribute('formaction') };
  for (const name of element.getAttributeNames()) if (LOADING.test(name)) element.removeAttribute(name);
  const style = element.getAttribute('style');
  if (style !== null) element.setAttribute('style', withoutAddresses(style));
  const name = element.localName;
  if (name === 'style') {
    resources.inStyle(element.textContent ?? '', base, (css) => {
      element.textContent = css;
    });
  } else if ((name === 'a' || name === 'area') && kept.href !== null) {
    const fragment = kept.href.startsWith('#');
    element.setAttribute(LINK, fragment ? kept.href : (resolveLink(kept.href, base) ?? ''));
    element.setAttribute('href', '#');
  } else if (name === 'form') element.setAttribute(ACTION, actionOf(form.action, base));
  else if (form.formaction !== null) element.setAttribute(ACTION, actionOf(form.formaction, base));
  else if (name === 'img' && kept.src !== null) {
    resources.image(kept.src, (data) => element.setAttribute('src', data));
  }
}

/** A form without an action is sent to its page. */
const actionOf = (action: string | null, base: string): string =>
  action === null || action.trim() === '' ? base : (resolveLink(action, base) ?? '');

const withoutAddresses = (css: string): string =>
  css.replace(/url\(\s*(?!['"]?data:image\/)[^)]*\)/gi, 'none').replace(/@import[^;]*;?/gi, '');

const dataUrl = (type: string, body: Uint8Array): string => `data:${type};base64,${toBase64(body)}`;

/** What the page is waiting for: bounded in number, size and time. */
class Resources {
  private readonly waiting: Promise<void>[] = [];
  private count = 0;
  private bytes = 0;
  private late = false;

  constructor(
    private readonly read: ReadResource,
    private readonly base: string,
  ) {}

  style(href: string, set: (css: string) => void): void {
    const url = resolveLink(href, this.base);
    if (url === undefined) return;
    this.wait(async () => {
      const found = await this.fetch(url, 'style');
      if (!found) return;
      const css = new TextDecoder().decode(found.body);
      const whole = await this.withPictures(css, url);
      if (!this.late) set(whole);
    });
  }

  inStyle(css: string, base: string, set: (css: string) => void): void {
    set(withoutAddresses(css));
    if (!/url\(/i.test(css)) return;
    this.wait(async () => {
      const whole = await this.withPictures(css, base);
      if (!this.late) set(whole);
    });
  }

  image(src: string, set: (data: string) => void): void {
    if (/^data:image\//i.test(src)) {
      set(src);
      return;
    }
    const url = resolveLink(src, this.base);
    if (url === undefined) return;
    this.wait(async () => {
      const data = await this.picture(url);
      if (data !== undefined && !this.late) set(data);
    });
  }

  /** Resolves when all is there, or patience is at its end: what comes later is left out. */
  async settled(): Promise<void> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, this.waiting.length > 0 ? PATIENCE_MS : 0));
    await Promise.race([Promise.all(this.waiting), patience]);
    this.late = true;
  }

  private wait(act: () => Promise<void>): void {
    this.waiting.push(act().catch(() => undefined));
  }

  private async fetch(url: string, as: 'style' | 'image') {
    if (this.count >= MAX_RESOURCES || this.bytes > MAX_RESOURCE_BYTES) return undefined;
    this.count++;
    const found = await this.read(url, as);
    this.bytes += found?.body.length ?? 0;
    return found;
  }

  private async picture(url: string): Promise<string | undefined> {
    const found = await this.fetch(url, 'image');
    if (!found || !/^image\/[\w.+-]+$/.test(found.contentType)) return undefined;
    return dataUrl(found.contentType, found.body);
  }

  private async withPictures(css: string, base: string): Promise<string> {
    const addresses = new Map<string, string | undefined>();
    for (const [, quoted = ''] of css.matchAll(/url\(\s*['"]?([^'")]*)['"]?\s*\)/gi)) addresses.set(quoted, undefined);
    await Promise.all(
      [...addresses.keys()].map(async (address) => {
        const url = resolveLink(address, base);
        if (url !== undefined) addresses.set(address, await this.picture(url));
      }),
    );
    const filled = css.replace(/url\(\s*['"]?([^'")]*)['"]?\s*\)/gi, (whole, address: string) => {
      const data = addresses.get(address);
      return data === undefined ? whole : `url("${data}")`;
    });
    return withoutAddresses(filled);
  }
}
