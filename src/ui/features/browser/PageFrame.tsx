import { useEffect, useRef } from 'react';
import type { Visit } from './load.ts';
import { ACTION, LINK, type PageDocument } from './page-document.ts';

interface PageFrameProps {
  readonly document: PageDocument;
  readonly url: string;
  readonly label: string;
  readonly onVisit: (visit: Visit) => void;
}

/** The page in its frame. The frame runs nothing and goes nowhere: links and forms are followed by us. */
export function PageFrame({ document: page, url, label, onVisit }: PageFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const visit = useRef(onVisit);
  useEffect(() => {
    visit.current = onVisit;
  }, [onVisit]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // Set here and not by React: the same page loaded again is a new document.
    const listen = () => followLinks(element, url, (next) => visit.current(next));
    element.addEventListener('load', listen);
    element.srcdoc = page.html;
    return () => element.removeEventListener('load', listen);
  }, [page, url]);
  return (
    <iframe
      ref={frame}
      className="browser-page"
      title={page.title || label}
      sandbox="allow-same-origin allow-forms"
      referrerPolicy="no-referrer"
    />
  );
}

const isElement = (target: EventTarget | null): target is Element => target !== null && 'closest' in target;

function followLinks(frame: HTMLIFrameElement, url: string, visit: (visit: Visit) => void): void {
  const page = frame.contentDocument;
  if (!page) return;
  const onClick = (event: Event) => {
    const link = isElement(event.target) ? event.target.closest('a, area') : null;
    if (!link) return;
    event.preventDefault();
    const target = link.getAttribute(LINK);
    if (!target) return;
    if (target.startsWith('#')) scrollTo(page, target.slice(1));
    else visit({ url: target, method: 'GET' });
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const next = submission(form, event.submitter, url);
    if (next) visit(next);
  };
  page.addEventListener('click', onClick, true);
  page.addEventListener('auxclick', onClick, true);
  page.addEventListener('submit', onSubmit, true);
}

function scrollTo(page: Document, name: string): void {
  if (name === '') page.documentElement.scrollIntoView();
  else page.getElementById(decodeURIComponent(name))?.scrollIntoView();
}

/** What a form sends: its fields in the address, or in the body. A file is sent by its name only. */
function submission(form: HTMLFormElement, submitter: HTMLElement | null, url: string): Visit | undefined {
  const own = (name: string) => Element.prototype.getAttribute.call(form, name);
  const action = submitter?.getAttribute(ACTION) ?? own(ACTION) ?? url;
  if (action === '') return undefined;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    fields.append(name, typeof value === 'string' ? value : value.name);
  }
  const method = (submitter?.getAttribute('formmethod') ?? own('method') ?? 'get').toLowerCase();
  if (method === 'post') return { url: action, method: 'POST', body: fields.toString() };
  if (method === 'dialog') return undefined;
  const target = new URL(action);
  target.search = fields.toString();
  return { url: target.href, method: 'GET' };
}
