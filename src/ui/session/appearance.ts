/** Theme and language on the document's root, where style sheets and screen readers look. */
import { useSession } from './session.ts';

const darkQuery = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const { theme, locale } = useSession.getState();
  const root = document.documentElement;
  root.lang = locale === 'zh' ? 'zh-CN' : 'en';
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  root.dataset.scheme =
    theme === 'system' ? (darkQuery.matches ? 'dark' : 'light') : theme === 'light' ? 'light' : 'dark';
}

/** Keeps the root up to date for as long as the page lives. */
export function startAppearance(): void {
  apply();
  useSession.subscribe(apply);
  darkQuery.addEventListener('change', apply);
}
